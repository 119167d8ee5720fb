public import JSONText

/// What the agent asks the root program for: a file in the spool, one for each of its services.
public struct ChangeRequest: Hashable, Sendable {
    /// By what the answer, and the change that it asks for, are known.
    public var id: String
    /// Who asks, as the bus told the agent.
    public var by: Author
    /// The link to change; empty if the request is about the change that is pending.
    public var link: String
    /// Some members of the settings, as the caller wrote them.
    public var set: JSON
    /// The number of seconds without confirmation after which the change is undone.
    public var confirmWithin: Int
    /// The token, to confirm.
    public var token: String?

    /// No request is longer than this, in bytes.
    public static let maximumLength = 64 * 1024
    /// The seconds that a change may wait for its confirmation.
    public static let confirmRange = 10...3600

    /// A request of these parts.
    public init(
        id: String, by: Author, link: String = "", set: JSON = .null, confirmWithin: Int = 120, token: String? = nil
    ) {
        self.id = id
        self.by = by
        self.link = link
        self.set = set
        self.confirmWithin = confirmWithin
        self.token = token
    }

    /// The request as it stands in the spool.
    public var json: JSON {
        [
            "id": .string(id), "by": by.json, "link": .string(link), "set": set,
            "confirmWithin": .number(confirmWithin), "token": token.map(JSON.string) ?? .null,
        ]
    }

    /// Reads what `json` writes; `nil` if it is something else. An id is made of letters, digits and hyphens.
    public init?(_ value: JSON) {
        guard let id = value["id"]?.string, Self.isIdentifier(id), let by = Author(value["by"]),
            let link = value["link"]?.string, let set = value["set"], let within = value["confirmWithin"]?.int,
            let token = value["token"], token.isNull || token.string != nil
        else { return nil }
        self.init(id: id, by: by, link: link, set: set, confirmWithin: within, token: token.string)
    }

    /// Whether `text` can be an id: it is written to logs and into files.
    public static func isIdentifier(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Whether `text` can be the name of a network link, by the kernel's rule (`dev_valid_name`) and, since it becomes
    /// part of a file's name and of a file's text, narrower: letters, digits, and `-_.@:`.
    public static func isLinkName(_ text: String) -> Bool {
        (1...15).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: "@"), UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }
}

/// What the root program answers, in a file that only it can write.
public struct ChangeAnswer: Hashable, Sendable {
    /// The id of the request that it answers.
    public var id: String
    /// What came of it: an object; or why nothing did.
    public var result: Result

    /// What came of a request.
    public enum Result: Hashable, Sendable {
        /// It was done.
        case done(JSON)
        /// It was refused: the field that is wrong (empty if it is no field), and a sentence.
        case refused(field: String, reason: String)
        /// It was tried and went wrong.
        case failed(reason: String)
    }

    /// An answer.
    public init(id: String, _ result: Result) {
        self.id = id
        self.result = result
    }

    /// The answer as it stands in its file.
    public var json: JSON {
        switch result {
        case .done(let value): ["id": .string(id), "done": value]
        case .refused(let field, let reason): ["id": .string(id), "refused": .string(reason), "field": .string(field)]
        case .failed(let reason): ["id": .string(id), "failed": .string(reason)]
        }
    }

    /// Reads what `json` writes.
    public init?(_ value: JSON) {
        guard let id = value["id"]?.string else { return nil }
        if let done = value["done"] {
            self.init(id: id, .done(done))
        } else if let reason = value["refused"]?.string {
            self.init(id: id, .refused(field: value["field"]?.string ?? "", reason: reason))
        } else if let reason = value["failed"]?.string {
            self.init(id: id, .failed(reason: reason))
        } else {
            return nil
        }
    }
}
