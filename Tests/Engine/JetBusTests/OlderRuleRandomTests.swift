import JSONText
import JetProtocol
import TestSupport
import Testing

/// Random rules of the older form, evaluated by the bus and by a second, naive reading of jet-protocol(7) §4.5.
@Suite("jet-protocol(7) §4.5: older form, at random")
struct OlderRuleRandomTests {
    private static let props = ["", "k", "s", "d.e", "l[0]"]
    private static let operands: [JSON] = [0, 1, 2, "a", "ab", true, nil, [1], ["e": 1]]

    /// A rule, and its patterns as they were meant.
    private struct Rule {
        var params = JSON.Object()
        var wanted: [NaivePattern]?
        var unwanted: [NaivePattern] = []
        var others: [String] = []
        var ignoresCase = false
        var conditions: [(steps: [NaiveRule.Step], name: String, operand: JSON)] = []

        func matches(_ path: String, _ value: JSON?) -> Bool {
            let path = ignoresCase ? path.lowercased() : path
            if let wanted, !wanted.contains(where: { $0.matches(path, ignoresCase) }) { return false }
            if unwanted.contains(where: { $0.matches(path, ignoresCase) }) { return false }
            if others.contains(where: { (ignoresCase ? $0.lowercased() : $0) == path }) { return false }
            guard !conditions.isEmpty else { return true }
            guard let value else { return conditions.allSatisfy { $0.steps.isEmpty && $0.name == "equalsNot" } }
            return conditions.allSatisfy { NaiveRule.holds($0.name, $0.operand, for: value, at: $0.steps) }
        }
    }

    private static func rule(using random: inout SeededGenerator) -> Rule {
        var rule = Rule()
        func chance(_ all: Int) -> Bool { Int.random(in: 0..<all, using: &random) == 0 }
        func patterns() -> [NaivePattern] {
            (0..<Int.random(in: 0...3, using: &random)).map { _ in NaivePattern(using: &random) }
        }
        for name in ["match", "matches"] where chance(2) {
            let patterns = patterns()
            rule.wanted = (rule.wanted ?? []) + patterns
            rule.params[name] = .array(patterns.map { .string($0.text) })
            // One pattern may stand for itself.
            if patterns.count == 1, chance(2) { rule.params[name] = .string(patterns[0].text) }
        }
        if chance(3) {
            rule.unwanted = patterns()
            rule.params["unmatch"] = .array(rule.unwanted.map { .string($0.text) })
        }
        if chance(3) {
            rule.others = (0..<2).map { _ in RandomRules.word(using: &random) }
            rule.params["equalsNot"] = .array(rule.others.map(JSON.string))
        }
        if chance(4) {
            rule.params["caseInsensitive"] = true
            rule.ignoresCase = rule.wanted != nil || !rule.unwanted.isEmpty || !rule.others.isEmpty
        }
        var conditions: [JSON] = []
        for _ in 0..<Int.random(in: 0...2, using: &random) where chance(2) {
            let name = ["lessThan", "greaterThan", "equals", "equalsNot", "isType"].randomElement(using: &random) ?? ""
            var operand = operands.randomElement(using: &random) ?? nil
            if name.hasSuffix("Than") { operand = chance(2) ? 1 : "a" }
            if name == "isType" { operand = ["number", "string", "object"][Int.random(in: 0..<3, using: &random)] }
            let prop = props.randomElement(using: &random) ?? ""
            var condition: JSON.Object = ["op": .string(name), "value": operand == "object" ? "table" : operand]
            if !prop.isEmpty || chance(2) { condition["prop"] = .string(prop) }
            conditions.append(.object(condition))
            rule.conditions.append((NaiveRule.fieldPaths[prop] ?? [], name, operand))
        }
        if !conditions.isEmpty {
            rule.params["where"] = conditions.count == 1 && chance(2) ? conditions[0] : .array(conditions)
        }
        return rule
    }

    @Test(
        "a get finds what satisfies the rule, the first ones with max", arguments: TestEnvironment.seeds([1, 2, 3, 4]))
    func get(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bus = TestBus()
        let owner = bus.connect()
        var elements: [(path: String, value: JSON?)] = []
        let values: [JSON?] = [
            0, 1, 2, "a", "ab", true, .some(nil), [1], ["k": 1], ["k": "a", "s": "ab"], ["d": ["e": 1]], ["l": [1, 2]],
            nil,
        ]
        while elements.count < 30 {
            let path =
                RandomRules.word(using: &random) + ["", "/1", "(a)", ".x", " b"][Int.random(in: 0..<5, using: &random)]
            guard !path.isEmpty, !elements.contains(where: { $0.path == path }) else { continue }
            let value = values[elements.count % values.count]
            var params: JSON.Object = ["path": .string(path)]
            params["value"] = value
            #expect(owner.ask("add", .object(params)) == .done)
            elements.append((path, value))
        }
        for _ in 0..<TestEnvironment.steps(1000) {
            let rule = Self.rule(using: &random)
            let found = elements.filter { rule.matches($0.path, $0.value) }.map(\.path)
            func paths(_ params: JSON.Object) -> [String]? {
                owner.ask("get", .object(params))?["result"]?.array?.compactMap { $0["path"]?.string }
            }
            #expect(paths(rule.params) == found, "seed \(seed): \(JSON.object(rule.params))")
            var params = rule.params
            params["max"] = 3
            #expect(paths(params) == Array(found.prefix(3)), "seed \(seed): \(JSON.object(params))")
            // What the library writes anew means the same.
            let again = try FetchRule(parsing: .object(rule.params)).json
            #expect(paths(again) == found, "seed \(seed): \(JSON.object(again))")
            params["sort"] = ["byValue": true, "descending": .boolean(found.count % 2 == 0), "from": 2]
            #expect(
                paths(params) == sorted(elements, rule, isDescending: found.count % 2 == 0).dropFirst().prefix(3) + [])
        }
    }

    /// By value, as the older form says it without a type: by number. Ties by path.
    private func sorted(_ elements: [(path: String, value: JSON?)], _ rule: Rule, isDescending: Bool) -> [String] {
        elements.filter { rule.matches($0.path, $0.value) }.compactMap { element in
            element.value?.double.map { (element.path, $0) }
        }.sorted { left, right in
            if left.1 != right.1 { return (left.1 < right.1) != isDescending }
            return NaiveRule.isBefore(left.0, right.0)
        }.map(\.0)
    }
}
