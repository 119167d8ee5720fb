import JetProtocol

/// The connected peers, by `PeerID.index`. The table retains each peer once, from `connect` to `remove`.
final class PeerTable {
    private let outboxLimit: Int
    private var slots: ContiguousArray<Unmanaged<Peer>?> = []
    private var vacant: [Int] = []
    /// How many peers are connected, without probes.
    private(set) var count = 0

    /// The messages of the peers that have left.
    private(set) var departedMessages: UInt64 = 0
    private let accounts: AccountTable

    /// - Parameter outboxLimit: See `Bus.Configuration.outboxLimit`.
    init(_ accounts: AccountTable, outboxLimit: Int) {
        self.accounts = accounts
        self.outboxLimit = outboxLimit
    }

    deinit { for peer in slots { peer?.release() } }

    /// How many peers there is room for.
    var slotCount: Int { slots.count }

    func connect(_ identity: Identity, limits: Quotas.Limits, framing: Framing, isProbe: Bool) -> Peer {
        // No figure counts a probe, so it has an account that is in no table.
        let account =
            isProbe
            ? Account(.unknown, limits)
            : accounts.join(AccountName(identity.credentials, user: identity.user), limits)
        let index = vacant.popLast() ?? slots.count
        let peer = Peer(
            id: PeerID(index: index), identity, framing: framing, outboxLimit: outboxLimit, isProbe: isProbe,
            account: account)
        let reference = Unmanaged.passRetained(peer)
        if index == slots.count { slots.append(reference) } else { slots[index] = reference }
        if !isProbe { count += 1 }
        return peer
    }

    /// Releases a peer. Who still needs it, because elements or requests refer to it, retains it.
    func remove(_ peer: Peer) {
        if !peer.isProbe {
            count -= 1
            departedMessages &+= peer.messages
        }
        vacant.append(peer.id.index)
        slots[peer.id.index]?.release()
        slots[peer.id.index] = nil
    }

    /// The peer called `id`, without counting a reference; `nil` if there is none.
    @inline(__always)
    func reference(_ id: PeerID) -> Unmanaged<Peer>? {
        guard slots.indices.contains(id.index) else { return nil }
        return slots[id.index]
    }

    subscript(id: PeerID) -> Peer? { reference(id)?.takeUnretainedValue() }

    func forEach(_ body: (Peer) -> Void) {
        for peer in slots { peer?._withUnsafeGuaranteedRef(body) }
    }
}
