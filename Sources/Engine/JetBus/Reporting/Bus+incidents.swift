import JSONText
import JetProtocol

extension Bus {
    /// An *incident*: what a peer was refused, told less, or closed for, that whoever runs the daemon may want to know: a
    /// quota that is used up names the one who uses it.
    public struct Incident: Hashable, Sendable {
        /// What the peer did.
        public enum Kind: Hashable, Sendable {
            /// It asked for more than a quota allows.
            case limitExceeded(String, max: Int)
            /// So many of its texts in a row could not be read.
            case unreadable(count: Int)
            /// It does not read what it is told as fast as that comes: from now on it is told the newest only.
            case slow
        }

        /// Which peer it was. It is there until `disconnect`.
        public let peer: PeerID
        /// What it did.
        public let kind: Kind
        /// Whether its connection is to be closed for that.
        public let isClosed: Bool
    }

    /// Whether there are incidents to be taken.
    public var hasIncidents: Bool { !incidents.isEmpty }

    /// Takes what has happened since this was last called, in its order; of very much in one turn of the shell's loop
    /// only the first.
    public func takeIncidents() -> ContiguousArray<Incident> {
        defer { incidents = [] }
        return incidents
    }

    /// As which user a peer has authenticated itself; `nil` if it has not.
    public func user(of id: PeerID) -> String? { peer(id)?.user }

    /// Which user of the system runs a peer; `nil` if nobody knows.
    public func userID(of id: PeerID) -> UInt32? { peer(id)?.credentials.userID }

    /// Keeps an incident.
    func note(_ kind: Incident.Kind, of peer: Peer, isClosed: Bool = false) {
        let incident = Incident(peer: peer.id, kind: kind, isClosed: isClosed)
        guard incidents.count < Self.incidentLimit, !incidents.contains(incident) else { return }
        incidents.append(incident)
    }

    /// Keeps that a quota is used up, if that is what an error says.
    @inline(never)
    func note(_ error: ErrorObject, of peer: Peer, isClosed: Bool = false) {
        guard error.code == .limitExceeded, let data = error.data, let value = try? JSON(parsing: data),
            let limit = value["limit"]?.string, let max = value["max"]?.int
        else { return }
        note(Incident.Kind.limitExceeded(limit, max: max), of: peer, isClosed: isClosed)
    }

    private static let incidentLimit = 64
}
