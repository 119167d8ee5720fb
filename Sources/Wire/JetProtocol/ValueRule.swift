public import JSONText

/// The *value* part of a fetch's rule: predicates that must all hold for a value, or for a field of it (jet-protocol(7) §4.2).
/// They work on the text of the value, and read no more of it than they need.
public struct ValueRule: Hashable, Sendable {
    /// The types of JSON, as rules name them. An array is also an object.
    public enum ValueType: String, Hashable, Sendable, CaseIterable {
        /// A number.
        case number
        /// A string.
        case string
        /// `true` or `false`.
        case boolean
        /// An object or an array.
        case object
        /// An array.
        case array
        /// `null`
        case null
    }

    /// One predicate with its operand.
    public enum Predicate: Hashable, Sendable {
        /// A number below this number, or a string before this string.
        case lessThan(JSON)
        /// A number above this number, or a string after this string.
        case greaterThan(JSON)
        /// This value.
        case equals(JSON)
        /// Any other value.
        case equalsNot(JSON)
        /// A value of this type.
        case isType(ValueType)
        /// An array that holds at least one of these.
        case hasOneOf([JSON])
        /// An array that holds all of these.
        case hasAllOf([JSON])
    }

    /// The predicates that must hold.
    public let predicates: [Predicate]

    /// A rule of these predicates.
    public init(_ predicates: [Predicate]) { self.predicates = predicates }

    /// Whether a value satisfies the rule. Its text must have been scanned, without white space around it.
    public func matches(_ value: RawSpan) -> Bool {
        var meter = WorkMeter()
        return matches(value, &meter)
    }

    /// Whether a value satisfies the rule. Its text must have been scanned, without white space around it. The result
    /// means nothing if `meter` is exhausted afterwards.
    package func matches(_ value: RawSpan, _ meter: inout WorkMeter) -> Bool {
        for predicate in predicates where meter.isExhausted || !predicate.holds(for: value, &meter) { return false }
        return true
    }

    /// Whether a value that is absent satisfies the rule: only `equalsNot` holds for it.
    public var matchesAbsence: Bool {
        predicates.allSatisfy { if case .equalsNot = $0 { true } else { false } }
    }

    /// Reads a rule: an object of predicates.
    ///
    /// - Parameters:
    ///   - value: The rule.
    ///   - place: Its place in the params, for errors.
    /// - Throws: `RuleError` if it is not an object, a predicate is unknown, or an operand has the wrong type.
    public init(parsing value: JSON, at place: String) throws(RuleError) {
        guard let members = value.object else { throw RuleError(at: place, "must be an object of predicates") }
        var predicates: [Predicate] = []
        for member in members {
            let here = "\(place).\(member.name)"
            func comparable() throws(RuleError) -> JSON {
                switch member.value {
                case .number, .string: return member.value
                default: throw RuleError(at: here, "must be a number or a string")
                }
            }
            func list() throws(RuleError) -> [JSON] {
                guard let list = member.value.array else { throw RuleError(at: here, "must be an array") }
                return list
            }
            switch member.name {
            case "lessThan": predicates.append(.lessThan(try comparable()))
            case "greaterThan": predicates.append(.greaterThan(try comparable()))
            case "equals": predicates.append(.equals(member.value))
            case "equalsNot": predicates.append(.equalsNot(member.value))
            case "isType": predicates.append(.isType(try ValueType(parsing: member.value, at: here)))
            case "hasOneOf": predicates.append(.hasOneOf(try list()))
            case "hasAllOf": predicates.append(.hasAllOf(try list()))
            default: throw RuleError(at: here, "is not a predicate on values")
            }
        }
        self.init(predicates)
    }

    /// The rule as an object of predicates.
    public var json: JSON {
        var object = JSON.Object()
        for predicate in predicates { object[predicate.member.name] = predicate.member.operand }
        return .object(object)
    }
}

extension ValueRule.ValueType {
    /// Reads the name of a type.
    init(parsing value: JSON, at place: String) throws(RuleError) {
        guard let name = value.string, let type = Self(rawValue: name) else {
            let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw RuleError(at: place, "must be one of \(names)")
        }
        self = type
    }

    /// Whether a value is of this type, which its first byte shows.
    public func includes(_ value: RawSpan) -> Bool {
        guard value.byteCount > 0 else { return false }
        return switch value.byte(0) {
        case UInt8(ascii: "{"): self == .object
        case UInt8(ascii: "["): self == .object || self == .array
        case UInt8(ascii: "\""): self == .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self == .boolean
        case UInt8(ascii: "n"): self == .null
        default: self == .number
        }
    }
}

extension ValueRule.Predicate {
    /// The predicate's name and operand on the wire.
    var member: (name: String, operand: JSON) {
        switch self {
        case .lessThan(let operand): ("lessThan", operand)
        case .greaterThan(let operand): ("greaterThan", operand)
        case .equals(let operand): ("equals", operand)
        case .equalsNot(let operand): ("equalsNot", operand)
        case .isType(let type): ("isType", .string(type.rawValue))
        case .hasOneOf(let operands): ("hasOneOf", .array(operands))
        case .hasAllOf(let operands): ("hasAllOf", .array(operands))
        }
    }

    func holds(for value: RawSpan, _ meter: inout WorkMeter) -> Bool {
        switch self {
        case .lessThan(let operand): Self.order(value, operand, &meter) == .some(true)
        case .greaterThan(let operand): Self.order(value, operand, &meter) == .some(false)
        case .equals(let operand): Self.isEqual(value, operand, &meter)
        case .equalsNot(let operand): !Self.isEqual(value, operand, &meter)
        case .isType(let type): type.includes(value)
        case .hasOneOf(let operands):
            Self.elements(of: value, &meter).map { list in operands.contains { list.contains($0) } }
                ?? false
        case .hasAllOf(let operands):
            Self.elements(of: value, &meter).map { list in operands.allSatisfy { list.contains($0) } } ?? false
        }
    }

    /// Whether a value is before (`true`) or after (`false`) an operand of its own type; else, or if equal, `nil`.
    private static func order(_ value: RawSpan, _ operand: JSON, _ meter: inout WorkMeter) -> Bool? {
        switch operand {
        case .number(let operand):
            guard ValueRule.ValueType.number.includes(value) else { return nil }
            meter.addDecoding(value.byteCount)
            let number = JSON.Number.double(of: value)
            return number < operand.double ? true : number > operand.double ? false : nil
        case .string(let operand):
            guard ValueRule.ValueType.string.includes(value) else { return nil }
            meter.addDecoding(value.byteCount)
            let text = JSONStringRange(quoted: value).decoded(in: value)
            if text.elementsEqual(operand.utf8) { return nil }
            return text.lexicographicallyPrecedes(operand.utf8)
        default: return nil
        }
    }

    private static func isEqual(_ value: RawSpan, _ operand: JSON, _ meter: inout WorkMeter) -> Bool {
        guard value.byteCount > 0 else { return false }
        switch (operand, value.byte(0)) {
        case (.string(let operand), UInt8(ascii: "\"")):
            meter.addDecoding(value.byteCount)
            return JSONStringRange(quoted: value).decoded(in: value).elementsEqual(operand.utf8)
        case (.boolean(let operand), _): return value.elementsEqual(operand ? "true" : "false")
        case (.null, _): return value.elementsEqual("null")
        case (.number, UInt8(ascii: "-")), (.number, UInt8(ascii: "0")...UInt8(ascii: "9")),
            (.array, UInt8(ascii: "[")), (.object, UInt8(ascii: "{")):
            meter.addTree(value.byteCount)
            return (try? JSON(parsing: value)) == operand
        default: return false
        }
    }

    private static func elements(of value: RawSpan, _ meter: inout WorkMeter) -> [JSON]? {
        guard ValueRule.ValueType.array.includes(value) else { return nil }
        meter.addTree(value.byteCount)
        return (try? JSON(parsing: value))?.array
    }
}

extension JSONStringRange {
    /// The string that a scanned text consists of, with its quotes.
    init(quoted text: RawSpan) {
        self.init(content: ByteRange(1, max(text.byteCount - 1, 1)), hasEscapes: true)
    }
}
