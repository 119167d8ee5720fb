public import Digests
import JSONText
import JetProtocol
public import Moments

extension User {
    /// A client key with which a user logs in without a password (jet-protocol(7) §8.2).
    public struct Key: Hashable, Sendable {
        /// The fingerprint of the key. It is the key of one user only.
        public let fingerprint: Fingerprint
        /// What people call it: the machine that has it, and perhaps who uses it.
        public var title: String
        /// When it was added; `nil` if the file does not say it.
        public var added: Moment?
        /// When somebody last logged in with it, to the precision with which that is written; `nil` if that is not known.
        public var lastUsed: Moment?

        /// A key.
        public init(_ fingerprint: Fingerprint, title: String, added: Moment? = nil, lastUsed: Moment? = nil) {
            self.fingerprint = fingerprint
            self.title = title
            self.added = added
            self.lastUsed = lastUsed
        }
    }
}

extension User.Key {
    /// Reads the member `keys` of a user, `[{"fingerprint", "title"?, "added"?, "lastUsed"?}]`.
    ///
    /// - Parameter place: The position of the user in the file, for errors.
    static func keys(_ json: JSON?, at place: String) throws(UserTableError) -> [User.Key] {
        guard let json else { return [] }
        guard let entries = json.array else { throw UserTableError(at: "\(place).keys", "expected an array of keys") }
        var keys: [User.Key] = []
        var known: Set<Fingerprint> = []
        for (index, entry) in entries.enumerated() {
            let place = "\(place).keys[\(index)]"
            let key = try User.Key(entry, at: place)
            guard known.insert(key.fingerprint).inserted else {
                throw UserTableError(at: "\(place).fingerprint", "the user has this key already")
            }
            keys.append(key)
        }
        return keys
    }

    private init(_ json: JSON, at place: String) throws(UserTableError) {
        guard let object = json.object else { throw UserTableError(at: place, "expected an object") }
        guard let fingerprint = object["fingerprint"]?.string.flatMap({ Fingerprint(parsing: $0) }) else {
            throw UserTableError(
                at: "\(place).fingerprint", "expected a fingerprint: SHA256: and 43 characters of base64")
        }
        func time(_ name: String) throws(UserTableError) -> Moment? {
            guard let value = object[name] else { return nil }
            guard let moment = value.string.flatMap({ Moment(rfc3339: $0) }) else {
                throw UserTableError(
                    at: "\(place).\(name)", "expected a time of RFC 3339, such as 2026-03-01T12:30:00Z")
            }
            return moment
        }
        let title = object["title"] ?? ""
        guard let title = title.string, PeerName.isValid(title) else {
            throw UserTableError(
                at: "\(place).title",
                "expected a string of at most \(ProtocolLimits.nameLength) bytes without control characters")
        }
        self.init(fingerprint, title: title, added: try time("added"), lastUsed: try time("lastUsed"))
    }

    /// Replaces the keys of a user, and keeps unknown members of keys that were there before; `nil` for no keys.
    static func json(_ keys: [User.Key], over former: JSON?) -> JSON? {
        let formerKeys = (try? Self.keys(former, at: "")) ?? []
        // What has not changed stays as it is written.
        if formerKeys == keys { return former }
        let formerEntries = Dictionary(
            zip(formerKeys, former?.array ?? []).map { ($0.fingerprint, (key: $0, json: $1)) },
            uniquingKeysWith: { $1 })
        let entries = keys.map { key in
            let former = formerEntries[key.fingerprint]
            return key.json(over: former?.json, former?.key)
        }
        return entries.isEmpty ? nil : .array(entries)
    }

    private func json(over former: JSON?, _ formerKey: User.Key?) -> JSON {
        var object = former?.object ?? ["fingerprint": .string("\(fingerprint)")]
        if title != formerKey?.title { object["title"] = .string(title) }
        if added != formerKey?.added { object["added"] = added?.text.map(JSON.string) }
        if lastUsed != formerKey?.lastUsed { object["lastUsed"] = lastUsed?.text.map(JSON.string) }
        return .object(object)
    }
}
