@testable import JetBus

extension TestBus {
    /// Counts again what each account uses, and compares it with what is charged.
    ///
    /// - Returns: The first difference.
    func recount() -> String? {
        var expected: [AccountName: Quotas] = [:]
        var difference: String?
        func compare(_ usage: Quotas, _ expected: Quotas, _ name: String) {
            for resource in Resource.allCases where usage[resource] != expected[resource] {
                difference = difference ?? "\(name): \(usage[resource]) \(resource) instead of \(expected[resource])"
            }
        }
        let peers = bus.peers
        peers.forEach { peer in
            bus.delivery.charge(peer)
            let usage = counted(peer)
            compare(peer.usage, usage, "peer \(peer.id.index)")
            for resource in Resource.allCases {
                expected[peer.account.name, default: Quotas(all: 0)][resource] += usage[resource]
            }
            if peer.authentication != nil { expected[peer.account.name]?.authentications += 1 }
        }
        var total = Quotas(all: 0)
        bus.accounts.forEach { account in
            var expected = expected.removeValue(forKey: account.name) ?? Quotas(all: 0)
            // Those of peers that have left are still charged.
            expected.authentications = account.usage.authentications
            compare(account.usage, expected, "\(account.name)")
            for resource in Resource.allCases { total[resource] += account.usage[resource] }
        }
        for (name, usage) in expected { compare(Quotas(all: 0), usage, "\(name), which is not there") }
        compare(bus.accounts.used, total, "all")
        return difference
    }

    private func counted(_ peer: Peer) -> Quotas {
        var usage = Quotas(all: 0)
        usage.elements = peer.owned.count
        for element in peer.owned { usage.bytes += element.takeUnretainedValue().size }
        peer.fetchers.forEach { fetcher in
            usage.fetches += 1
            usage.ruleBytes += fetcher.ruleSize
            usage.bytes += Fetcher.size + fetcher.interestCount / Fetcher.interestStep * fetcher.interestStepSize
        }
        usage.bytes += peer.postponed.reduce(0) { $0 + $1.text.count }
        if let job = peer.job?.job as? BranchesJob { usage.bytes += job.charged }
        let requests = bus.router.openRequests(of: peer)
        usage.pendingRequests = requests.count
        usage.bytes += requests.reduce(0) { $0 + $1.chargedBytes }
        usage.unreadBytes = peer.output.unread < 4096 ? 0 : peer.output.unread
        return usage
    }
}
