public import JSONText
internal import Text

/// Who asked for a change: the user of the bus, or the system's user where there is none.
public struct Author: Hashable, Sendable {
    /// The user that was authenticated on the bus.
    public var user: String?
    /// The system's user, as the kernel reports it.
    public var uid: UInt32?

    /// An author with these names; what is not known is `nil`.
    public init(user: String? = nil, uid: UInt32? = nil) {
        self.user = user
        self.uid = uid
    }

    /// Whether both are the same author: compared by the user's name if one of them has it, else by the number. Two
    /// authors of whom nothing is known are the same.
    public func isSame(as other: Author) -> Bool {
        user != nil || other.user != nil ? user == other.user : uid == other.uid
    }

    /// `{user?, uid?}`
    public var json: JSON {
        var object = JSON.Object()
        object["user"] = user.map(JSON.string)
        object["uid"] = uid.map { .number($0) }
        return .object(object)
    }

    /// Reads what `json` writes.
    public init?(_ value: JSON?) {
        guard let object = value?.object else { return nil }
        if let user = object["user"], !(user.string.map(Self.isName) ?? false) { return nil }
        let uid = object["uid"]?.int.flatMap(UInt32.init(exactly:))
        if object["uid"] != nil, uid == nil { return nil }
        self.init(user: object["user"]?.string, uid: uid)
    }

    /// Whether `text` can be a user's name: it is written into records, sentences and the journal of a program that runs
    /// as root, so that it must be short and without anything that could look like a line of its own.
    private static func isName(_ text: String) -> Bool { text.utf8.count <= 256 && text.isPrintable }
}

extension Author: CustomStringConvertible {
    /// The name, else the number, else "an unknown user".
    public var description: String { user ?? uid.map { "uid \($0)" } ?? "an unknown user" }
}
