import JSONText
import JetProtocol

/// What the system knows of a peer without the peer's own word.
public struct Credentials: Hashable, Sendable {
    /// The user that runs it; `nil` if nobody knows, as of a peer that came over TCP.
    public var userID: UInt32?

    /// The credentials of a peer that a user runs.
    public init(userID: UInt32? = nil) { self.userID = userID }
}

/// Who a peer is, as far as anybody knows. Nearly all peers that come over TCP are the same nobody, so this is not a part
/// of each peer.
struct Identity {
    /// What the peer calls itself.
    var name: String?
    /// As which user it has authenticated itself.
    var user: String?
    /// What it may do.
    var groups = Groups()
    /// What the system knows of it.
    var credentials = Credentials()

    /// One identity, of one peer or of all of whom nothing is known.
    final class Box: Sendable {
        let identity: Identity

        init(_ identity: Identity) { self.identity = identity }

        static let unknown = Box(Identity())
    }
}

extension Peer {
    var name: String? {
        get { identity.identity.name }
        set { change { $0.name = newValue } }
    }

    var user: String? {
        get { identity.identity.user }
        set { change { $0.user = newValue } }
    }

    var groups: Groups {
        get { identity.identity.groups }
        set { change { $0.groups = newValue } }
    }

    var credentials: Credentials { identity.identity.credentials }

    private func change(_ body: (inout Identity) -> Void) {
        var identity = identity.identity
        body(&identity)
        self.identity = Identity.Box(identity)
    }

    /// Who it is, as the owners are told that asked for it with `caller: true` (jet-protocol(7) §7): `{"peer", "user"?,
    /// "uid"?, "groups": {"fetch", "set", "call"}}`. `peer` is what it calls itself, and no more than that: `null` if it
    /// gave no name. All else is the daemon's own knowledge; the groups are those by which it was let through.
    var asCaller: JSON {
        func list(_ names: Set<String>) -> JSON { .array(names.sorted().map(JSON.string)) }
        var object: JSON.Object = ["peer": name.map(JSON.string) ?? .null]
        object["user"] = user.map(JSON.string)
        object["uid"] = credentials.userID.map { .number($0) }
        object["groups"] = ["fetch": list(groups.fetch), "set": list(groups.set), "call": list(groups.call)]
        return .object(object)
    }
}
