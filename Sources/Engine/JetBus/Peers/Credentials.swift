public import Digests
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
    /// The key that the peer has shown in the handshake of TLS, and proved to hold; `nil` if it has shown none.
    public var keyFingerprint: Fingerprint?
    /// How its messages arrive.
    public var channel = Channel.local

    /// How the messages of a peer arrive.
    public enum Channel: Hashable, Sendable {
        /// They do not leave the machine: over a unix socket, or the loopback.
        case local
        /// From another machine, encrypted.
        case encrypted
        /// From another machine, and others can read them on the way. Passwords are refused.
        case unencrypted
    }

    /// The credentials of a peer that a user runs.
    public init(userID: UInt32? = nil) { self.userID = userID }
}

/// Who a peer is. Of nearly all peers that connect over TCP nothing is known, so they share one identity.
struct Identity: Hashable {
    /// The name that the peer has given itself.
    var name: String?
    /// The user as which it has logged in.
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
        var object: JSON.Object = ["peer": name.map(JSON.string) ?? .null]
        object["user"] = user.map(JSON.string)
        object["uid"] = credentials.userID.map { .number($0) }
        object["groups"] = groups.callerJSON
        return .object(object)
    }

    /// Whether the system's user 0 runs it, or the one that runs the daemon.
    func isAdministrator(_ ownUserID: UInt32?) -> Bool {
        guard let userID = credentials.userID else { return false }
        return userID == 0 || userID == ownUserID
    }
}

extension Groups {
    /// `{"fetch", "set", "call"}` with sorted lists, as in `caller` and in the result of `pair`.
    var callerJSON: JSON {
        func list(_ names: Set<String>) -> JSON { .array(names.sorted().map(JSON.string)) }
        return ["fetch": list(fetch), "set": list(set), "call": list(call)]
    }
}
