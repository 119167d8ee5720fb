import JetProtocol

/// What happens at which size of a peer's outbox (jet-protocol(7) §7).
///
/// From the smallest to the largest:
///
/// - from `charged` on: its account is charged for it;
/// - from `small` on: if its account has more unread output than it may, the outbox counts as full;
/// - below `chunk`: conflated notifications, stale windows and snapshots are appended;
/// - from `full` on: notifications are conflated (`PeerOutput.isOpen`), and the peer's own messages are not read;
/// - from `requests` on: requests to the peer, as an owner, fail;
/// - from `ceiling` on: the peer is closed if it causes more, by requests or by changes of its own elements. These are
///   answered and notified in order and cannot be conflated.
struct OutboxLimits {
    let charged: Int
    let small: Int
    let chunk: Int
    let full: Int
    let requests: Int
    let ceiling: Int

    init(_ configuration: Bus.Configuration) {
        charged = 4096
        small = min(Delivery.largeMessage, configuration.outboxLimit)
        chunk = configuration.snapshotChunk
        full = configuration.outboxLimit
        requests = configuration.outboxLimit &* ProtocolLimits.ownerOutbox
        ceiling = configuration.outboxCeiling
    }
}
