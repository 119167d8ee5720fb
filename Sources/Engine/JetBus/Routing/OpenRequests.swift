import JetProtocol

extension Bus {
    /// The answers that peers waited for at one moment, from owners or from the shell. A daemon that stops waits until
    /// these have been given.
    ///
    /// It is a list of its own: requests that come later are not in it, and routing has nothing to do for it.
    public struct OpenRequests: Sendable {
        /// Requests that owners have to answer, by the number under which they were routed.
        fileprivate var routed: [UInt64]
        /// Authentication requests.
        fileprivate var authentications: [(peer: PeerID, serial: UInt64)]

        /// How many answers are missing; those given since the last `areAnswered` are still counted.
        public var count: Int { routed.count + authentications.count }
    }

    /// The requests that are open now.
    public var openRequests: OpenRequests {
        var authentications: [(peer: PeerID, serial: UInt64)] = []
        peers.forEach { peer in
            if let pending = peer.authentication { authentications.append((peer.id, pending.serial)) }
        }
        return OpenRequests(routed: router.openNumbers, authentications: authentications)
    }

    /// Whether all these requests are answered or were forgotten with their peers. Each request is looked at until it is
    /// answered, so all calls together take no more steps than there are calls and requests.
    public func areAnswered(_ requests: inout OpenRequests) -> Bool {
        while let number = requests.routed.last, !router.isOpen(number) { requests.routed.removeLast() }
        while let last = requests.authentications.last, peer(last.peer)?.authentication?.serial != last.serial {
            requests.authentications.removeLast()
        }
        return requests.count == 0
    }

    /// Fails all requests that are open now, because the daemon stops.
    ///
    /// - Returns: How many that were.
    @discardableResult
    public func failOpenRequests() -> Int {
        var count = router.failAll()
        peers.forEach { if authenticator.fail(of: $0) { count += 1 } }
        return count
    }
}
