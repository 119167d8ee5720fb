import JSONText
import JetProtocol
import Testing
import TestSupport

/// Rules as they come in params, and what is said of those that cannot be read.
@Suite("Rules on the wire")
struct PathRuleParseTests {
    @Test("an unknown predicate is ignored, since classic peers depend on it")
    func unknown() throws {
        #expect(try PathRule(parsing: ["equals": "a", "endsLike": 5]) == PathRule([.equals(Array("a".utf8))]))
        #expect(try PathRule(parsing: ["Equals": "a"]) == PathRule())
    }

    @Test("what is no object of predicates is refused", arguments: [nil, "a", 1, true, ["a"]] as [JSON])
    func noObject(value: JSON) {
        #expect(throws: RuleError(at: "path", "must be an object of predicates")) { try PathRule(parsing: value) }
    }

    @Test(
        "an operand of a wrong type is refused, with its place",
        arguments: [
            "equals", "equalsNot", "startsWith", "startsNotWith", "endsWith", "endsNotWith", "contains", "containsNot",
        ])
    func wrongText(predicate: String) {
        for value in [nil, 1, true, ["a"], [:]] as [JSON] {
            #expect(throws: RuleError(at: "path.\(predicate)", "must be a string")) {
                try PathRule(parsing: .object([predicate: value]))
            }
        }
    }

    @Test(
        "an operand that is no array of strings is refused, with its place",
        arguments: ["equalsOneOf", "equalsNotOneOf", "containsOneOf", "containsAllOf"])
    func wrongTexts(predicate: String) {
        for value in [nil, "a", 1, [:]] as [JSON] {
            #expect(throws: RuleError(at: "path.\(predicate)", "must be an array of strings")) {
                try PathRule(parsing: .object([predicate: value]))
            }
        }
        #expect(throws: RuleError(at: "path.\(predicate)[1]", "must be a string")) {
            try PathRule(parsing: .object([predicate: ["a", 1, "b"]]))
        }
    }

    @Test("caseInsensitive is true or false")
    func wrongFlag() throws {
        #expect(try !PathRule(parsing: ["caseInsensitive": nil]).ignoresCase)
        for value in ["true", 1, []] as [JSON] {
            #expect(throws: RuleError(at: "path.caseInsensitive", "must be true or false")) {
                try PathRule(parsing: ["caseInsensitive": value])
            }
        }
    }

    @Test("each predicate is read and written by its name")
    func predicates() throws {
        let rule: JSON = [
            "equals": "a", "equalsNot": "b", "startsWith": "c", "startsNotWith": "d", "endsWith": "e",
            "endsNotWith": "f", "contains": "g", "containsNot": "h", "equalsOneOf": ["i"], "equalsNotOneOf": ["j"],
            "containsOneOf": ["k", "l"], "containsAllOf": [],
        ]
        let expected: [PathRule.Predicate] = [
            .equals([0x61]), .equalsNot([0x62]), .startsWith([0x63]), .startsNotWith([0x64]), .endsWith([0x65]),
            .endsNotWith([0x66]), .contains([0x67]), .containsNot([0x68]), .equalsOneOf([[0x69]]),
            .equalsNotOneOf([[0x6A]]), .containsOneOf([[0x6B], [0x6C]]), .containsAllOf([]),
        ]
        let parsed = try PathRule(parsing: rule)
        #expect(parsed.predicates == expected)
        #expect(parsed.json == rule)
    }

    @Test("what is written is read as the same rule", arguments: [5, 6] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1000 {
            let rule = try PathRule(parsing: RandomRules.rule(using: &random))
            #expect(try PathRule(parsing: rule.json) == rule)
        }
    }

    // MARK: The whole rule

    @Test("the rule of a fetch is in its params, beside what does not belong to it")
    func fetchRule() throws {
        let rule = try FetchRule(parsing: ["id": 1, "path": ["startsWith": "a"], "colour": 5])
        #expect(rule == FetchRule(path: PathRule([.startsWith([0x61])])))
        #expect(JSON.object(rule.json) == ["path": ["startsWith": "a"]])
        let paced = try FetchRule(parsing: ["interval": 0.25])
        #expect(paced.interval == 250_000_000)
        #expect(JSON.object(paced.json) == ["interval": 0.25])
        #expect(try FetchRule(parsing: [:]) == FetchRule())
        #expect(JSON.object(FetchRule().json) == [:])
    }

    @Test("a path part that cannot be read is refused")
    func badPath() {
        #expect(throws: RuleError(at: "path", "must be an object of predicates")) {
            try FetchRule(parsing: ["path": "a"])
        }
        #expect(throws: RuleError(at: "path.equals", "must be a string")) {
            try FetchRule(parsing: ["path": ["equals": 1]])
        }
    }
}
