import JSONText
import JetProtocol
import Testing
import TestSupport

/// The path predicates of a fetch's rule, each by its name (jet-protocol(7) §4.1).
@Suite("Path rules")
struct PathRuleTests {
    /// Expects a rule to match exactly those of `paths` that are in `matching`.
    private func check(
        _ rule: JSON, matches matching: [String], among paths: [String] = PathRuleTests.paths,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let rule = try PathRule(parsing: rule)
        #expect(paths.filter { rule.matches($0) } == matching, sourceLocation: location)
    }

    static let paths = ["a", "ab", "abc", "b", "cab", "A"]

    @Test("equals, equalsNot")
    func equals() throws {
        try check(["equals": "ab"], matches: ["ab"])
        try check(["equalsNot": "ab"], matches: ["a", "abc", "b", "cab", "A"])
    }

    @Test("startsWith, startsNotWith")
    func startsWith() throws {
        try check(["startsWith": "ab"], matches: ["ab", "abc"])
        try check(["startsNotWith": "ab"], matches: ["a", "b", "cab", "A"])
    }

    @Test("endsWith, endsNotWith")
    func endsWith() throws {
        try check(["endsWith": "ab"], matches: ["ab", "cab"])
        try check(["endsNotWith": "ab"], matches: ["a", "abc", "b", "A"])
    }

    @Test("contains, containsNot")
    func contains() throws {
        try check(["contains": "b"], matches: ["ab", "abc", "b", "cab"])
        try check(["containsNot": "b"], matches: ["a", "A"])
        try check(["contains": "cabc"], matches: [])
    }

    @Test("equalsOneOf, equalsNotOneOf")
    func equalsOneOf() throws {
        try check(["equalsOneOf": ["b", "a", "x"]], matches: ["a", "b"])
        try check(["equalsNotOneOf": ["b", "a", "x"]], matches: ["ab", "abc", "cab", "A"])
    }

    @Test("containsOneOf, containsAllOf")
    func containsSome() throws {
        try check(["containsOneOf": ["c", "A"]], matches: ["abc", "cab", "A"])
        try check(["containsAllOf": ["c", "a"]], matches: ["abc", "cab"])
        try check(["containsAllOf": ["a", "a"]], matches: ["a", "ab", "abc", "cab"])
    }

    @Test("empty strings mean what mathematics says: every path begins, ends with and contains the empty one")
    func emptyStrings() throws {
        for predicate in ["startsWith", "endsWith", "contains"] {
            try check(.object([predicate: ""]), matches: Self.paths)
        }
        for predicate in ["startsNotWith", "endsNotWith", "containsNot", "equals"] {
            try check(.object([predicate: ""]), matches: [])
        }
        try check(["equalsNot": ""], matches: Self.paths)
        try check(["containsOneOf": [""]], matches: Self.paths)
        try check(["containsAllOf": ["", "a"]], matches: ["a", "ab", "abc", "cab"])
    }

    @Test("empty arrays mean what mathematics says: nothing is one of none, everything contains all of none")
    func emptyArrays() throws {
        try check(["equalsOneOf": []], matches: [])
        try check(["equalsNotOneOf": []], matches: Self.paths)
        try check(["containsOneOf": []], matches: [])
        try check(["containsAllOf": []], matches: Self.paths)
    }

    @Test("a list may hold thousands of paths, and prefixes of each other")
    func longLists() throws {
        let listed = (0..<5000).map { "path/\($0 * 2)" } + ["", "p", "path", "path/", "\u{FF}", "é", "😀"]
        let others = (0..<5000).map { "path/\($0 * 2 + 1)" } + ["pa", "path/1 ", "\u{FE}", "z", "😁"]
        let list = JSON.array(listed.reversed().map(JSON.string))
        try check(["equalsOneOf": list], matches: listed, among: listed + others)
        try check(["equalsNotOneOf": list], matches: others, among: listed + others)
    }

    @Test("all predicates of a rule must hold; none: every path matches")
    func together() throws {
        try check(["startsWith": "a", "endsWith": "c", "containsNot": "x"], matches: ["abc"])
        try check(["startsWith": "a", "startsNotWith": "a"], matches: [])
        try check([:], matches: Self.paths)
    }

    @Test("caseInsensitive: both sides are compared in lower case")
    func caseInsensitive() throws {
        try check(["equals": "AB", "caseInsensitive": true], matches: ["ab"])
        try check(["startsWith": "A", "caseInsensitive": true], matches: ["a", "ab", "abc", "A"])
        try check(["equalsNotOneOf": ["A", "CAB"], "caseInsensitive": true], matches: ["ab", "abc", "b"])
        try check(["containsAllOf": ["B", "C"], "caseInsensitive": true], matches: ["abc", "cab"])
        try check(["equals": "AB", "caseInsensitive": false], matches: [])
        try check(["caseInsensitive": true], matches: Self.paths)
    }

    @Test(
        "caseInsensitive: the lower case is Unicode's",
        arguments: [("ÄRGER", "ärger"), ("ΟΔΟΣ", "οδοσ"), ("ЩИ", "щи"), ("𐐀", "𐐨"), ("Å", "å")])
    func unicodeCase(upper: String, lower: String) throws {
        for (operand, path) in [(upper, lower), (lower, upper)] {
            try check(
                .object(["equals": .string(operand), "caseInsensitive": true]), matches: [path], among: [path, "x"])
            try check(
                .object(["contains": .string(operand), "caseInsensitive": true]), matches: ["<\(path)>"],
                among: ["<\(path)>", "x"])
        }
        try check(.object(["equals": .string(upper)]), matches: [], among: [lower])
    }

    @Test("paths are compared by code points: a letter and its composed form are two")
    func codePoints() throws {
        try check(["equals": "e\u{301}"], matches: ["e\u{301}"], among: ["\u{E9}", "e\u{301}"])
        try check(["contains": "\u{E9}"], matches: ["caf\u{E9}"], among: ["caf\u{E9}", "cafe\u{301}"])
        try check(["startsWith": "e"], matches: ["e\u{301}"], among: ["\u{E9}", "e\u{301}"])
    }

    @Test("a path may hold NUL and characters beyond the basic plane")
    func strangePaths() throws {
        try check(["contains": "\u{0}"], matches: ["a\u{0}b"], among: ["a\u{0}b", "ab"])
        try check(["endsWith": "b"], matches: ["a\u{0}b", "ab"], among: ["a\u{0}b", "ab"])
        try check(["equals": "😀"], matches: ["😀"], among: ["😀", "😁"])
    }

    // MARK: reach

    @Test("a rule's reach is the narrowest way to find what may match")
    func reach() throws {
        func reach(_ rule: JSON) throws -> PathRule.Reach { try PathRule(parsing: rule).reach }
        func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
        #expect(try reach([:]) == .prefix([]))
        #expect(try reach(["startsWith": ""]) == .prefix([]))
        #expect(try reach(["equals": "a"]) == .exactly([bytes("a")]))
        #expect(try reach(["startsWith": "a", "equals": "abc"]) == .exactly([bytes("abc")]))
        #expect(try reach(["equalsOneOf": ["a", "b"], "startsWith": "a"]) == .exactly([bytes("a"), bytes("b")]))
        #expect(try reach(["equalsOneOf": []]) == .exactly([]))
        #expect(try reach(["endsWith": "x", "startsWith": "a"]) == .prefix(bytes("a")))
        for rule in [["contains": "a"], ["equalsNot": "a"], ["endsWith": "a"], ["containsAllOf": []]] as [JSON] {
            #expect(try reach(rule) == .anywhere)
        }
    }

    @Test("paths that are listed are reached once each, in ascending order")
    func reachOfDuplicates() throws {
        let names = ["z", "a", "m", "a", "z", "b", "k"]
        let rule = PathRule([.equalsOneOf(names.map { Array($0.utf8) })])
        #expect(rule.reach == .exactly(["a", "b", "k", "m", "z"].map { Array($0.utf8) }))
    }

    @Test("a rule that ignores case reaches anywhere, unless it asks for nothing")
    func reachOfIgnoredCase() throws {
        #expect(try PathRule(parsing: ["equals": "a", "caseInsensitive": true]).reach == .anywhere)
        #expect(try PathRule(parsing: ["caseInsensitive": true]).reach == .prefix([]))
    }

    @Test("what matches is within reach, for any rule", arguments: [1, 2] as [UInt64])
    func reachIsWideEnough(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let rule = try PathRule(parsing: RandomRules.rule(using: &random))
            let path = RandomRules.word(using: &random)
            guard rule.matches(path) else { continue }
            switch rule.reach {
            case .exactly(let paths): #expect(paths.contains(Array(path.utf8)), "\(rule) \(path)")
            case .prefix(let prefix): #expect(Array(path.utf8).starts(with: prefix), "\(rule) \(path)")
            case .anywhere: break
            }
        }
    }

    @Test("any rule matches what the words of its predicates say", arguments: [3, 4] as [UInt64])
    func naively(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5000 {
            let json = RandomRules.rule(using: &random)
            let path = RandomRules.word(using: &random)
            let rule = try PathRule(parsing: json)
            #expect(rule.matches(path) == RandomRules.matches(json, path), "\(json) \(path)")
        }
    }
}

extension PathRule {
    fileprivate func matches(_ path: String) -> Bool {
        let bytes = Array(path.utf8)
        return matches(bytes.span.bytes)
    }
}
