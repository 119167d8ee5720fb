import Digests
import JSONText
import JetProtocol

/// The users in a users file, which has the format of cjet's password file. Unknown members are kept:
///
///     {"users": {"john": {"password": "$y$...", "auth": {"fetchGroups": [], "setGroups": [], "callGroups": []}}}}
public struct UserTable: Hashable, Sendable {
    /// The whole file; each user in it is valid.
    private var document: JSON.Object
    /// The name of the user that each key belongs to.
    private(set) var keyOwners: [Fingerprint: String] = [:]

    /// A table without users.
    public init() { document = ["users": [:]] }

    /// Reads a users file.
    ///
    /// - Throws: `UserTableError`, with the position and the reason.
    public init(parsing text: [UInt8]) throws(UserTableError) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: text)
        } catch {
            throw UserTableError(error, in: text)
        }
        guard let document = json.object else { throw UserTableError(at: nil, "expected an object with 'users'") }
        guard let entries = document["users"]?.object else {
            throw UserTableError(at: "users", "expected an object with a member for each user")
        }
        for entry in entries {
            let place = "users.\(entry.name)"
            let user = try User(entry.value, at: place)
            for (index, key) in user.keys.enumerated() {
                guard let owner = keyOwners.updateValue(entry.name, forKey: key.fingerprint) else { continue }
                throw UserTableError(
                    at: "\(place).keys[\(index)].fingerprint",
                    "the key is also of the user '\(owner)'; a key belongs to one user")
            }
        }
        self.document = document
    }

    private var entries: JSON.Object { document["users"]?.object ?? [:] }

    /// The names, in the order of the file.
    public var names: [String] { entries.map(\.name) }

    /// The hashes of all users that have one.
    var hashes: [String] { entries.compactMap { $0.value["password"]?.string } }

    /// The user with this name; names are compared by code points. Setting `nil` removes the user. A key of the new value
    /// that is another user's is taken from that one.
    public subscript(name: String) -> User? {
        get { entries[name].flatMap { try? User($0, at: name) } }
        set {
            for key in self[name]?.keys ?? [] { keyOwners[key.fingerprint] = nil }
            for key in newValue?.keys ?? [] {
                removeKey(key.fingerprint)
                keyOwners[key.fingerprint] = name
            }
            var entries = entries
            entries[name] = newValue?.json(over: entries[name])
            document["users"] = .object(entries)
        }
    }

    /// The text of the file, with a line for each member.
    public var text: [UInt8] {
        var text: [UInt8] = []
        PrettyJSON.append(.object(document), to: &text)
        text.append(UInt8(ascii: "\n"))
        return text
    }
}

/// Why a text is not a users file.
public struct UserTableError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The position: a member (`users.john.auth`), or a line and a column; `nil` for the whole text.
    public let place: String?
    /// What is wrong.
    public let reason: String

    init(at place: String?, _ reason: String) {
        self.place = place
        self.reason = reason
    }

    /// An error of the JSON parser, with line and column (in bytes), both from 1.
    init(_ error: JSONError, in text: [UInt8]) {
        let before = text.prefix(error.offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
        self.init(at: "line \(line), column \(column)", error.reason.rawValue)
    }

    /// Position and reason on one line.
    public var description: String { place.map { "\($0): \(reason)" } ?? reason }
}
