import JSONText
import TestSupport

/// Values of all types, and rules of all predicates about them. Of what is compared there is so little that much is
/// equal, and ties are frequent.
extension Scenario {
    static let fieldPaths = NaiveRule.fieldPaths.keys.sorted()
    private static let types: [JSON] = ["number", "string", "boolean", "object", "array", "null"]
    private static let sortTypes: [JSON] = ["number", "number", "string", "boolean"]

    /// A value that is greater than those before, or one that comes again and again.
    mutating func value() -> JSON {
        guard isHandledNow else { return operand() }
        nextValue += 1
        let age = JSON.number(nextValue)
        switch index(8) {
        case 0, 1: return age
        case 2: return .string("\(nextValue)")
        case 3: return [age, operand()]
        case 4: return operand()
        default: return object(age)
        }
    }

    private mutating func object(_ age: JSON) -> JSON {
        var object: JSON.Object = ["v": age]
        if chance(3, of: 4) { object["k"] = chance(3, of: 4) ? .number(index(4)) : operand() }
        if chance(1, of: 2) { object["s"] = .string(RandomRules.word(using: &random)) }
        if chance(1, of: 3) { object["d"] = [["e": operand()], ["e": ["f": operand()]], ["a.b": operand()]][index(3)] }
        if chance(1, of: 4) { object["l"] = .array((0..<index(4)).map { _ in operand() }) }
        if chance(1, of: 8) { object["__proto__"] = operand() }
        if chance(1, of: 8) { object["k;os"] = ["execute()": operand()] }
        return .object(object)
    }

    /// One of few values, of any type.
    private mutating func operand() -> JSON {
        switch index(12) {
        case 0...4: [0, 1, 2, -1.5, 0.5][index(5)]
        case 5...7: ["", "a", "ab", "é", "\u{FFFD}", "😀"][index(6)]
        case 8: .boolean(chance(1, of: 2))
        case 9: [nil, [:], []][index(3)]
        case 10: [1, "a"]
        default: ["e": 1]
        }
    }

    private mutating func predicate() -> (name: String, operand: JSON) {
        switch index(8) {
        case 0: ("lessThan", chance(2, of: 3) ? .number(index(4)) : "ab")
        case 1: ("greaterThan", chance(2, of: 3) ? .number(index(3) - 1) : "a")
        case 2: ("equals", operand())
        case 3, 4: ("equalsNot", operand())
        case 5, 6: ("isType", Self.types[index(6)])
        default: (["hasOneOf", "hasAllOf"][index(2)], .array((0..<index(3)).map { _ in operand() }))
        }
    }

    private mutating func predicates() -> JSON {
        var predicates = JSON.Object()
        for _ in 0...(chance(1, of: 3) ? 1 : 0) {
            let (name, operand) = predicate()
            predicates[name] = operand
        }
        return .object(predicates)
    }

    /// Params of a fetch, or of a get.
    mutating func rule(id: JSON?) -> JSON {
        var rule: JSON.Object = [:]
        rule["id"] = id
        if chance(1, of: 2) { rule["path"] = RandomRules.rule(using: &random) }
        if chance(1, of: 4) { rule["value"] = predicates() }
        if chance(1, of: 4) {
            var fields = JSON.Object()
            for _ in 0...index(2) { fields[fieldPath()] = predicates() }
            rule["valueField"] = .object(fields)
        }
        if chance(1, of: 3) { rule["sort"] = sort() }
        // Of exact paths the first ones are those by path; and who is in while a snapshot is still under way is open.
        if !hasSlowPeers, rule["path"] == nil, chance(1, of: 3) { rule["max"] = .number(index(5)) }
        addNulls(to: &rule, ["path", "value", "valueField", "sort", "interval", "max", "match", "unmatch", "where"])
        return .object(rule)
    }

    /// Params of a `branches`; the paths have no usual separator, so letters are taken for one.
    mutating func branches() -> JSON {
        var params: JSON.Object = ["separator": ["a", "b", "ab", "/", "é", "\0"][index(6)]]
        if chance(2, of: 3) { params["prefix"] = .string(["", "a", "ab", "b", "x", "\0"][index(6)]) }
        if chance(1, of: 3) { params["from"] = .number(1 + index(4)) }
        if chance(1, of: 3) { params["to"] = .number(index(6)) }
        addNulls(to: &params, ["prefix", "from", "to"])
        return .object(params)
    }

    private mutating func sort() -> JSON {
        let type = Self.sortTypes[index(4)]
        var sort: JSON.Object =
            [[:], ["byPath": true], ["byValue": type], ["byValueField": [fieldPath(): type]]][index(4)]
        if chance(1, of: 2) { sort["descending"] = .boolean(chance(1, of: 2)) }
        if chance(1, of: 2) { sort["from"] = .number(1 + index(4)) }
        if chance(1, of: 2) { sort["to"] = .number(index(8)) }
        if chance(1, of: 3) { sort["total"] = .boolean(chance(3, of: 4)) }
        addNulls(to: &sort, ["byPath", "byValue", "byValueField", "descending", "from", "to", "total"])
        return .object(sort)
    }

    private mutating func fieldPath() -> String {
        chance(1, of: 2) ? "k" : Self.fieldPaths[index(Self.fieldPaths.count)]
    }
}
