import JetProtocol

extension Bus {
    /// *Debts*: the answers that were owed to peers at one moment, because an owner or a verdict was waited for. A shell
    /// that is about to end looks whether they are settled.
    ///
    /// It is a list of its own, and no count in the bus: what is asked later does not make it longer, and the way of a
    /// request costs nothing more for it.
    public struct Debts: Sendable {
        /// Requests that owners have to answer, by the number under which they were routed.
        fileprivate var requests: [UInt64]
        /// Questions about peers.
        fileprivate var questions: [(peer: PeerID, serial: UInt64)]

        /// How many answers are owed; those that were settled since `areSettled` last looked count still.
        public var count: Int { requests.count + questions.count }
    }

    /// What is owed now.
    public var debts: Debts {
        Debts(
            requests: requests.openNumbers,
            questions: peers.compactMap { peer in
                peer?._withUnsafeGuaranteedRef { peer in peer.inquiry.map { (peer.id, $0.serial) } }
            })
    }

    /// Whether all these answers have been given, or nobody waits for them any more. Each debt is looked at until it is
    /// settled, so all looks together take no more steps than there are looks and debts.
    public func areSettled(_ debts: inout Debts) -> Bool {
        while let number = debts.requests.last, !requests.isOpen(number) { debts.requests.removeLast() }
        while let question = debts.questions.last, peer(question.peer)?.inquiry?.serial != question.serial {
            debts.questions.removeLast()
        }
        return debts.count == 0
    }

    /// Answers all that is owed now in the stead of owners and verdicts: the daemon ends, and with it the connections to
    /// them.
    ///
    /// - Returns: How many answers that were.
    @discardableResult
    public func giveUpDebts() -> Int {
        let open = requests.open
        for request in open { answer(request, with: .daemonStopping(Array(request.quotedPath))) }
        var count = open.count
        for reference in peers {
            guard let peer = reference?.takeUnretainedValue(), let inquiry = peer.inquiry else { continue }
            forgetQuestion(of: peer)
            count += 1
            inquiry.id?.withUnsafeBytes { id in
                respond(to: peer, id: id, error: .daemonStopping(Array("true".utf8)))
            }
            closeIfServed(peer)
        }
        return count
    }
}
