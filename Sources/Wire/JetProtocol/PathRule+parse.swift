public import JSONText

extension PathRule {
    /// Reads the `path` member of a rule: an object of predicates. Predicates that this protocol does not know are
    /// ignored, since older peers depend on it.
    ///
    /// - Throws: `RuleError` if it is not an object, or an operand has the wrong type.
    public init(parsing value: JSON) throws(RuleError) {
        guard let members = value.object else { throw RuleError(at: "path", "must be an object of predicates") }
        var ignoresCase = false
        var predicates: [Predicate] = []
        for member in members {
            func text() throws(RuleError) -> [UInt8] {
                guard let text = member.value.string else {
                    throw RuleError(at: "path.\(member.name)", "must be a string")
                }
                return Array(text.utf8)
            }
            func texts() throws(RuleError) -> [[UInt8]] {
                guard let elements = member.value.array else {
                    throw RuleError(at: "path.\(member.name)", "must be an array of strings")
                }
                guard elements.count <= ProtocolLimits.ruleOperands else {
                    throw RuleError(
                        at: "path.\(member.name)", "must have at most \(ProtocolLimits.ruleOperands) strings")
                }
                var texts: [[UInt8]] = []
                for (index, element) in elements.enumerated() {
                    guard let text = element.string else {
                        throw RuleError(at: "path.\(member.name)[\(index)]", "must be a string")
                    }
                    texts.append(Array(text.utf8))
                }
                return texts
            }
            /// Texts that are all looked for in every path.
            func fewTexts() throws(RuleError) -> [[UInt8]] {
                let texts = try texts()
                guard texts.count <= Self.mostSearches else {
                    throw RuleError(at: "path.\(member.name)", "must have at most \(Self.mostSearches) strings")
                }
                return texts
            }
            switch member.name {
            case "equals": predicates.append(.equals(try text()))
            case "equalsNot": predicates.append(.equalsNot(try text()))
            case "startsWith": predicates.append(.startsWith(try text()))
            case "startsNotWith": predicates.append(.startsNotWith(try text()))
            case "endsWith": predicates.append(.endsWith(try text()))
            case "endsNotWith": predicates.append(.endsNotWith(try text()))
            case "contains": predicates.append(.contains(try text()))
            case "containsNot": predicates.append(.containsNot(try text()))
            case "equalsOneOf": predicates.append(.equalsOneOf(try texts()))
            case "equalsNotOneOf": predicates.append(.equalsNotOneOf(try texts()))
            case "containsOneOf": predicates.append(.containsOneOf(try fewTexts()))
            case "containsAllOf": predicates.append(.containsAllOf(try fewTexts()))
            case "caseInsensitive":
                if member.value == .null { continue }
                guard let flag = member.value.bool else {
                    throw RuleError(at: "path.caseInsensitive", "must be true or false")
                }
                ignoresCase = flag
            default: break
            }
        }
        self.init(predicates, ignoresCase: ignoresCase)
    }

    /// The largest number of texts or patterns that one predicate may search for: each one costs a walk over every path.
    static let mostSearches = ProtocolLimits.searches

    /// The rule as a `path` member. Patterns are not part of it; they are members of their own.
    public var json: JSON {
        var object = JSON.Object()
        func text(_ bytes: [UInt8]) -> JSON { .string(String(decoding: bytes, as: UTF8.self)) }
        for predicate in predicates {
            switch predicate {
            case .equals(let operand): object["equals"] = text(operand)
            case .equalsNot(let operand): object["equalsNot"] = text(operand)
            case .startsWith(let operand): object["startsWith"] = text(operand)
            case .startsNotWith(let operand): object["startsNotWith"] = text(operand)
            case .endsWith(let operand): object["endsWith"] = text(operand)
            case .endsNotWith(let operand): object["endsNotWith"] = text(operand)
            case .contains(let operand): object["contains"] = text(operand)
            case .containsNot(let operand): object["containsNot"] = text(operand)
            case .equalsOneOf(let operands): object["equalsOneOf"] = .array(operands.map(text))
            case .equalsNotOneOf(let operands): object["equalsNotOneOf"] = .array(operands.map(text))
            case .containsOneOf(let operands): object["containsOneOf"] = .array(operands.map(text))
            case .containsAllOf(let operands): object["containsAllOf"] = .array(operands.map(text))
            case .matchesOneOf, .matchesNoneOf: continue
            }
        }
        if ignoresCase { object["caseInsensitive"] = true }
        return .object(object)
    }
}
