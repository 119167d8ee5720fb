import JSONText

/// The older form of a rule, from lua-jet's first API (jet-protocol(7) §4.5): patterns of Lua for paths, `where` for values and
/// `max`. Its parts become parts of the rule; all of them must hold.
extension FetchRule {
    /// Adds the members of the older form.
    mutating func addOlderForm(of params: JSON) throws(RuleError) {
        try addPatterns(of: params)
        try addConditions(of: params)
        guard let max = params.optional("max") else { return }
        guard let number = max.double, number == number.rounded(), number >= 0 else {
            throw RuleError(at: "max", "must be a whole number from 0")
        }
        let most = Int(min(number, Double(SortRule.farthest)))
        if let sort {
            self.sort?.to = min(sort.to, sort.from - 1 + most)
        } else {
            limit = most
        }
    }

    private mutating func addPatterns(of params: JSON) throws(RuleError) {
        var predicates: [PathRule.Predicate] = []
        // Both names mean the same: one of all their patterns must match.
        var wanted: [LuaPattern]?
        for name in ["match", "matches"] {
            guard let patterns = try Self.patterns(params.optional(name), at: name) else { continue }
            wanted = (wanted ?? []) + patterns
        }
        if let wanted { predicates.append(.matchesOneOf(wanted)) }
        if let unwanted = try Self.patterns(params.optional("unmatch"), at: "unmatch") {
            predicates.append(.matchesNoneOf(unwanted))
        }
        if let unwanted = try Self.texts(params.optional("equalsNot"), at: "equalsNot") {
            predicates.append(.equalsNotOneOf(unwanted.map { Array($0.utf8) }))
        }
        var ignoresCase = false
        if let flag = params.optional("caseInsensitive") {
            guard let flag = flag.bool else { throw RuleError(at: "caseInsensitive", "must be true or false") }
            ignoresCase = flag
        }
        guard !predicates.isEmpty else { return }
        guard path.predicates.isEmpty || path.ignoresCase == ignoresCase else {
            throw RuleError(at: "caseInsensitive", "must be the same here and in path")
        }
        path = PathRule(path.predicates + predicates, ignoresCase: ignoresCase)
    }

    private mutating func addConditions(of params: JSON) throws(RuleError) {
        guard let part = params.optional("where") else { return }
        guard let conditions = part.array else {
            if let rule = try addCondition(part, at: "where") { add(rule.checks) }
            return
        }
        guard conditions.count <= ProtocolLimits.ruleFields else {
            throw RuleError(at: "where", "must have at most \(ProtocolLimits.ruleFields) conditions")
        }
        var checks: [ValueCheck] = []
        for (index, condition) in conditions.enumerated() {
            if let rule = try addCondition(condition, at: "where[\(index)]") { checks += rule.checks }
        }
        if !checks.isEmpty { add(checks) }
    }

    private mutating func add(_ checks: [ValueCheck]) { value = ValueRule(checks: (value?.checks ?? []) + checks) }

    /// Adds `{prop?, op, value}`, if it is about a field.
    ///
    /// - Returns: The rule for the value itself, if `prop` is absent or empty.
    private mutating func addCondition(_ condition: JSON, at place: String) throws(RuleError) -> ValueRule? {
        guard condition.object != nil else { throw RuleError(at: place, "must be an object of prop, op and value") }
        guard let name = condition["op"]?.string else { throw RuleError(at: "\(place).op", "must be a string") }
        guard var operand = condition["value"] else { throw RuleError(at: "\(place).value", "is missing") }
        // Lua's name for objects and arrays.
        if name == "isType", operand == "table" { operand = "object" }
        let rule = try ValueRule(parsing: .object([name: operand]), at: place)
        switch condition.optional("prop") {
        case nil, "": return rule
        case .string(let prop):
            fields.append(Field(path: try FieldPath(parsing: prop, at: "\(place).prop"), rule: rule))
            return nil
        default: throw RuleError(at: "\(place).prop", "must be a string")
        }
    }

    private static func patterns(_ value: JSON?, at place: String) throws(RuleError) -> [LuaPattern]? {
        guard let texts = try texts(value, at: place) else { return nil }
        var patterns: [LuaPattern] = []
        guard texts.count <= PathRule.mostSearches else {
            throw RuleError(at: place, "must have at most \(PathRule.mostSearches) patterns")
        }
        for (index, text) in texts.enumerated() {
            let place = "\(place)[\(index)]"
            guard text.utf8.count <= ProtocolLimits.patternLength else {
                throw RuleError(at: place, "must have at most \(ProtocolLimits.patternLength) bytes")
            }
            patterns.append(try LuaPattern(parsing: text, at: place))
        }
        return patterns
    }

    /// An array of strings, or one string.
    private static func texts(_ value: JSON?, at place: String) throws(RuleError) -> [String]? {
        guard let value else { return nil }
        if let text = value.string { return [text] }
        guard let elements = value.array else { throw RuleError(at: place, "must be an array of strings") }
        guard elements.count <= ProtocolLimits.ruleOperands else {
            throw RuleError(at: place, "must have at most \(ProtocolLimits.ruleOperands) strings")
        }
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            guard let text = element.string else { throw RuleError(at: "\(place)[\(index)]", "must be a string") }
            texts.append(text)
        }
        return texts
    }

    /// Writes what only the older form can express: patterns, predicates that a value or a field has twice, and `max`.
    func addOlderForm(to object: inout JSON.Object) {
        for predicate in path.predicates {
            switch predicate {
            case .matchesOneOf(let patterns): object["match"] = .array(patterns.map { .string($0.text) })
            case .matchesNoneOf(let patterns): object["unmatch"] = .array(patterns.map { .string($0.text) })
            default: continue
            }
            if path.ignoresCase { object["caseInsensitive"] = true }
        }
        // Of members with the same name only the last one counts, so the others go into "where".
        var conditions: [JSON] = []
        func repeated(_ predicates: [ValueRule.Predicate], of all: JSON?, prop: String) {
            for (name, operand) in predicates.map(\.member) where all?[name] != operand {
                conditions.append(["prop": .string(prop), "op": .string(name), "value": operand])
            }
        }
        repeated(value?.predicates ?? [], of: object["value"], prop: "")
        for field in fields {
            repeated(field.rule.predicates, of: object["valueField"]?[field.path.text], prop: field.path.text)
        }
        if !conditions.isEmpty { object["where"] = .array(conditions) }
        if let limit { object["max"] = .number(limit) }
    }
}
