public import JSONText

/// The *sort* part of a fetch's rule: an order, and a window of it (jet-protocol(7) §4.4).
public struct SortRule: Hashable, Sendable {
    /// What the elements are sorted by. Only elements whose value, or field, has the type are in the list.
    public enum Key: Hashable, Sendable {
        /// The path.
        case path
        /// The value.
        case value(ValueRule.ValueType)
        /// A field of the value.
        case field(FieldPath, ValueRule.ValueType)
    }

    /// What the elements are sorted by. Elements that compare equal are sorted by path, always ascending.
    public var key: Key
    /// Whether the largest come first.
    public var isDescending: Bool
    /// The first place of the window, from 1.
    public var from: Int
    /// The last place of the window. Before `from`, the window is empty.
    public var to: Int
    /// Whether each notification says how many elements satisfy the rule. A get ignores it.
    public var includesTotal: Bool

    /// A sort of these parts.
    public init(
        key: Key = .path, isDescending: Bool = false, from: Int = 1, to: Int = 10, includesTotal: Bool = false
    ) {
        self.key = key
        self.isDescending = isDescending
        self.from = from
        self.to = to
        self.includesTotal = includesTotal
    }

    /// The largest place; larger numbers count as this one. No daemon has that many elements.
    package static let farthest = 1 << 40

    /// The members that may be absent, and that count as absent when they are `null`.
    private static let members: Set = [
        "byPath", "byValue", "byValueField", "descending", "from", "to", "total", "prop",
    ]

    /// Reads a `sort` member.
    ///
    /// - Throws: `RuleError` if a part is unknown or invalid.
    public init(parsing value: JSON) throws(RuleError) {
        guard let members = value.object else { throw RuleError(at: "sort", "must be an object") }
        self.init()
        var keys = 0
        // The older form: `byValue: true`, and perhaps the field of the value.
        let isOlder = value["byValue"]?.bool != nil
        for member in members where member.value != .null || !Self.members.contains(member.name) {
            let here = "sort.\(member.name)"
            switch member.name {
            case "byPath":
                guard let flag = member.value.bool else { throw RuleError(at: here, "must be true or false") }
                if flag { keys += 1 }
            case "byValue" where isOlder:
                guard member.value.bool == true else { continue }
                key = try Self.olderKey(prop: value.optional("prop"))
                keys += 1
            case "prop" where isOlder: continue
            case "byValue":
                key = .value(try Self.type(member.value, at: here))
                keys += 1
            case "byValueField":
                guard let fields = member.value.object, fields.count == 1, let field = fields.first else {
                    throw RuleError(at: here, "must be an object of one field path and its type")
                }
                let path = try FieldPath(parsing: field.name, at: here)
                key = .field(path, try Self.type(field.value, at: "\(here).\(field.name)"))
                keys += 1
            case "descending":
                guard let flag = member.value.bool else { throw RuleError(at: here, "must be true or false") }
                isDescending = flag
            case "total":
                guard let flag = member.value.bool else { throw RuleError(at: here, "must be true or false") }
                includesTotal = flag
            case "from": from = try Self.place(member.value, atLeast: 1, at: here)
            case "to": to = try Self.place(member.value, atLeast: 0, at: here)
            // node-jet uses it for itself and sends it by mistake.
            case "asArray": continue
            default: throw RuleError(at: here, "is not a member of sort")
            }
        }
        guard keys <= 1 else { throw RuleError(at: "sort", "must have only one of byPath, byValue and byValueField") }
    }

    /// What `byValue: true` sorts by: numbers, since the older form names no type; with `prop`, by this field.
    private static func olderKey(prop: JSON?) throws(RuleError) -> Key {
        switch prop {
        case nil, "": return .value(.number)
        case .string(let name): return .field(try FieldPath(parsing: name, at: "sort.prop"), .number)
        default: throw RuleError(at: "sort.prop", "must be a string")
        }
    }

    private static func place(_ value: JSON, atLeast least: Int, at place: String) throws(RuleError) -> Int {
        guard let number = value.double, number == number.rounded(), number >= Double(least) else {
            throw RuleError(at: place, "must be a whole number from \(least)")
        }
        return Int(min(number, Double(farthest)))
    }

    private static func type(_ value: JSON, at place: String) throws(RuleError) -> ValueRule.ValueType {
        let type = try ValueRule.ValueType(parsing: value, at: place)
        switch type {
        case .number, .string, .boolean: return type
        case .object, .array, .null: throw RuleError(at: place, "must be number, string or boolean")
        }
    }

    /// The `sort` member.
    public var json: JSON {
        var object = JSON.Object()
        switch key {
        case .path: object["byPath"] = true
        case .value(let type): object["byValue"] = .string(type.rawValue)
        case .field(let path, let type): object["byValueField"] = [path.text: .string(type.rawValue)]
        }
        if isDescending { object["descending"] = true }
        object["from"] = .number(from)
        object["to"] = .number(to)
        if includesTotal { object["total"] = true }
        return .object(object)
    }
}
