import JetProtocol

/// Charging accounts for output that their peers have not read.
extension Delivery {
    /// From this size on, in bytes, a message is charged when it is appended; otherwise at the end of the turn, or when
    /// the outbox has grown by as much.
    static var largeMessage: Int { 64 << 10 }

    /// Whether a notification is appended to a peer's outbox; otherwise it is conflated. This is the only place that
    /// decides it: the outbox is not full, and nothing is conflated that must be sent first. If the peer's account has more
    /// unread output than it may, an outbox is full when it is `small`.
    @inline(__always)
    func isOpen(_ peer: Peer) -> Bool { peer.output.isOpen || openFurther(peer) }

    @inline(never)
    private func openFurther(_ peer: Peer) -> Bool {
        guard !peer.output.isConflating, peer.output.count < limits.full else { return false }
        charge(peer)
        guard !isOverQuota(peer) else { return false }
        peer.output.open()
        return peer.output.isOpen
    }

    /// Charges a peer's account for what the peer has not read. A small amount, which most peers have for a moment in each
    /// turn, is not charged.
    @inline(never)
    func charge(_ peer: Peer) {
        let unread = peer.output.unread
        let change = (unread < limits.charged ? 0 : unread) &- peer.usage.unreadBytes
        if change != 0 { accounts.add(.unreadBytes, change, to: peer) }
        peer.output.chunkBelow = isOverQuota(peer) ? limits.small : .max
    }

    /// Charges a peer's account if much was appended since that was last done.
    @inline(__always)
    func chargeIfLarge(_ peer: Peer) {
        if peer.output.count &- peer.usage.unreadBytes >= Self.largeMessage { charge(peer) }
    }

    /// Charges a peer's account for what is conflated. That cannot be refused, so the peer is closed if its account has
    /// used up what all others leave.
    @inline(never)
    func chargeConflation(of peer: Peer) {
        charge(peer)
        let usage = peer.account.usage.unreadBytes
        guard usage > max(2 * accounts.limit(of: .unreadBytes, for: peer.account), limits.full) else { return }
        close(peer, because: accounts.refusal(of: .unreadBytes, to: peer.account))
    }

    func isOverQuota(_ peer: Peer) -> Bool { accounts.isOver(.unreadBytes, peer.account) }
}
