public import Digests
public import JSONText
public import JetProtocol

/// An offer to pair: the daemon accepts the key of the peer that sends this code first, and in time. See
/// ``Peer/offerPairing(user:groups:for:)``.
public struct PairingOffer: Hashable, Sendable {
    /// The code, which can be used once.
    public let code: String
    /// When the offer ends, in RFC 3339.
    public let expires: String
    /// The user that the key will belong to; `nil` for a new one, named after the key's title.
    public let user: String?

    package init(_ json: JSON) {
        code = json["code"]?.string ?? ""
        expires = json["expires"]?.string ?? ""
        user = json["user"]?.string
    }
}

/// What came of pairing: see ``Peer/pair(code:title:)``.
public struct Pairing: Hashable, Sendable {
    /// The user that the key belongs to from now on.
    public let user: String
    /// The groups of that user.
    public let groups: Groups
    /// The fingerprint of the peer's key, as the daemon has seen it.
    public let fingerprint: Fingerprint?

    package init(_ json: JSON) {
        user = json["user"]?.string ?? ""
        groups = Groups(response: json["groups"] ?? [:])
        fingerprint = json["fingerprint"]?.string.flatMap { Fingerprint(parsing: $0) }
    }
}

/// A key that a user logs in with: see ``Peer/keys()``.
public struct UserKey: Hashable, Sendable {
    /// Whose it is.
    public let user: String
    /// The fingerprint of the key, as the daemon writes it.
    public let fingerprint: Fingerprint?
    /// What it is called.
    public let title: String
    /// When it was added, in RFC 3339.
    public let added: String
    /// When it was last logged in with, in RFC 3339; `nil` if it never was.
    public let lastUsed: String?
    /// The number of peers that are logged in with it now.
    public let connections: Int
    /// The whole entry.
    public let json: JSON

    package init(_ json: JSON) {
        self.json = json
        user = json["user"]?.string ?? ""
        fingerprint = json["fingerprint"]?.string.flatMap { Fingerprint(parsing: $0) }
        title = json["title"]?.string ?? ""
        added = json["added"]?.string ?? ""
        lastUsed = json["lastUsed"]?.string
        connections = json["connections"]?.int ?? 0
    }
}

extension Groups {
    /// The groups in a response, each kind under its name.
    init(response json: JSON) {
        func names(_ long: String, _ short: String) -> Set<String> {
            Set(((json[long] ?? json[short])?.array ?? []).compactMap(\.string))
        }
        self.init(
            fetch: names("fetchGroups", "fetch"), set: names("setGroups", "set"), call: names("callGroups", "call"))
    }
}
