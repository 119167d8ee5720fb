import JSONText
import JetProtocol

extension Bus {
    /// What an administrator may want to know about a peer: it has reached a limit, cannot be understood, or is too slow.
    public struct PeerWarning: Hashable, Sendable {
        /// What happened.
        public enum Kind: Hashable, Sendable {
            /// It asked for more than a limit allows.
            case limitExceeded(String, max: Int)
            /// This many of its texts in a row could not be parsed.
            case unreadable(count: Int)
            /// It does not read as fast as it is notified: from now on it receives the latest values only.
            case slow
        }

        /// The peer. It exists until `disconnect`.
        public let peer: PeerID
        /// The account that the peer is charged to.
        public var account = AccountName.unknown
        /// What happened.
        public let kind: Kind
        /// Whether its connection is closed for that.
        public let isClosed: Bool
    }

    /// Whether there are warnings to be taken.
    public var hasWarnings: Bool { !warnings.isEmpty }

    /// Takes the warnings since the last call, in order. Of very many in one turn of the shell's loop these are the first.
    public func takeWarnings() -> ContiguousArray<PeerWarning> { warnings.take() }
}

/// The warnings about peers that the shell has not taken yet.
final class PeerWarnings {
    private var list: ContiguousArray<Bus.PeerWarning> = []
    private static var limit: Int { 64 }

    init() {}

    var isEmpty: Bool { list.isEmpty }

    func take() -> ContiguousArray<Bus.PeerWarning> {
        defer { list = [] }
        return list
    }

    /// Notes a warning, once until it is taken.
    func note(_ kind: Bus.PeerWarning.Kind, of peer: Peer, isClosed: Bool = false) {
        let warning = Bus.PeerWarning(
            peer: peer.id, account: peer.account.name, kind: kind, isClosed: isClosed)
        guard list.count < Self.limit, !list.contains(warning) else { return }
        list.append(warning)
    }

    /// Notes that a peer has reached a limit, if an error says that.
    @inline(never)
    func note(_ error: ErrorObject, of peer: Peer, isClosed: Bool = false) {
        guard error.code == .limitExceeded, let data = error.data, let value = try? JSON(parsing: data),
            let limit = value["limit"]?.string, let max = value["max"]?.int
        else { return }
        note(Bus.PeerWarning.Kind.limitExceeded(limit, max: max), of: peer, isClosed: isClosed)
    }
}
