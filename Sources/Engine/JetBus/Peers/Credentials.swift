import JSONText
import JetProtocol

/// What the system knows of a peer.
public struct Credentials: Hashable, Sendable {
    /// The user that runs it; `nil` if it is not known, as for a peer on another machine.
    public var userID: UInt32?
    /// The groups that it runs with.
    public var groupIDs: Set<UInt32> = []
    /// Its process; `nil` if it is not known.
    public var processID: Int32?
    /// The address of its machine, without the port; `nil` on a unix socket.
    public var address: String?
    /// The port at that address.
    public var port: Int?

    /// The credentials of a peer that a user runs.
    public init(userID: UInt32? = nil) { self.userID = userID }
}

/// Who a peer is. Of nearly all peers that connect over TCP nothing is known, so they share one identity.
struct Identity {
    /// The name that the peer has given itself.
    var name: String?
    /// The user as which it has authenticated.
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

    /// The member `caller` of a routed request, for owners that asked for it with `caller: true` (jet-protocol(7) §7):
    /// `{"peer", "user"?, "uid"?, "groups": {"fetch", "set", "call"}}`. `peer` is the name that the peer has given itself,
    /// or `null`; it proves nothing. The other members are what the daemon knows; the groups are those that gave access.
    var asCaller: JSON {
        func list(_ names: Set<String>) -> JSON { .array(names.sorted().map(JSON.string)) }
        var object: JSON.Object = ["peer": name.map(JSON.string) ?? .null]
        object["user"] = user.map(JSON.string)
        object["uid"] = credentials.userID.map { .number($0) }
        object["groups"] = ["fetch": list(groups.fetch), "set": list(groups.set), "call": list(groups.call)]
        return .object(object)
    }
}
