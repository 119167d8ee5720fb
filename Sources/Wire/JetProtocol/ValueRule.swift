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

    /// The predicates, each prepared to be asked often.
    let checks: [ValueCheck]

    /// The predicates that must hold.
    public var predicates: [Predicate] { checks.map(\.predicate) }

    /// A rule of these predicates.
    public init(_ predicates: [Predicate]) { self.init(checks: predicates.map(ValueCheck.init)) }

    init(checks: [ValueCheck]) { self.checks = checks }

    /// Whether a value satisfies the rule. Its text must have been scanned, without white space around it.
    public func matches(_ value: RawSpan) -> Bool {
        var meter = WorkMeter()
        return matches(value, &meter)
    }

    /// Whether a value satisfies the rule. Its text must have been scanned, without white space around it. The result
    /// means nothing if `meter` is exhausted afterwards.
    package func matches(_ value: RawSpan, _ meter: inout WorkMeter) -> Bool {
        for check in checks where meter.isExhausted || !check.holds(for: value, &meter) { return false }
        return true
    }

    /// Whether a value that is absent satisfies the rule: only `equalsNot` holds for it.
    public var matchesAbsence: Bool {
        checks.allSatisfy { if case .equalsNot = $0.predicate { true } else { false } }
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
                guard list.count <= ProtocolLimits.valueOperands else {
                    throw RuleError(at: here, "must have at most \(ProtocolLimits.valueOperands) elements")
                }
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
}
