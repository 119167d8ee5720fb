import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import JetCommand

@Suite("A PATH-RULE")
struct PathPatternTests {
    @Test(
        "is asked of the daemon in the protocol's words",
        arguments: [
            ("a/b/c", #"{"path":{"equals":"a/b/c"}}"#),
            ("cpu/", #"{"path":{"startsWith":"cpu/"}}"#),
            ("cpu*", #"{"path":{"startsWith":"cpu"}}"#),
            ("*temp", #"{"path":{"endsWith":"temp"}}"#),
            ("*temp*", #"{"path":{"contains":"temp"}}"#),
            ("*temp/", #"{"path":{"contains":"temp/"}}"#),
            ("net/*/state", #"{"path":{"startsWith":"net/","endsWith":"/state"}}"#),
            ("a*b*c*d", #"{"path":{"startsWith":"a","endsWith":"d","containsAllOf":["b","c"]}}"#),
            ("a**b", #"{"path":{"startsWith":"a","endsWith":"b"}}"#),
            ("*", "{}"), ("**", "{}"), ("/", #"{"path":{"startsWith":"/"}}"#),
        ])
    func rule(text: String, rule: String) throws {
        #expect(JSON.object(FetchRule(path: try PathPattern(parsing: text).rule).json).description == rule)
    }

    @Test(
        "takes a character after a backslash as it is",
        arguments: [(#"a\*"#, "a*"), (#"cpu\/"#, "cpu/"), (#"a\\b"#, #"a\b"#), (#"\x"#, "x")])
    func escape(text: String, path: String) throws {
        #expect(try PathPattern(parsing: text).onlyPath == path)
    }

    @Test("that ignores the case says so to the daemon, and matches either")
    func ignoresCase() throws {
        let pattern = try PathPattern(parsing: "CPU/*Ä", ignoresCase: true)
        let rule: JSON = ["startsWith": "cpu/", "endsWith": "ä", "caseInsensitive": true]
        #expect(pattern.rule.json == rule)
        #expect(pattern.matches("Cpu/ä"))
        #expect(!pattern.matches("Cpu/a"))
        #expect(pattern.onlyPath == nil)
    }

    @Test("that is empty, or ends in a lone backslash, is refused")
    func refused() {
        #expect(throws: PathPatternError.empty) { try PathPattern(parsing: "") }
        #expect(throws: PathPatternError.endsInEscape(#"a\"#)) { try PathPattern(parsing: #"a\"#) }
    }

    @Test(
        "with several texts wants them in order and side by side, which the daemon's predicates alone do not say",
        arguments: [
            ("a*a", "a", false), ("a*a", "aa", true), ("a*b*c", "abc", true), ("a*b*c", "ac", false),
            ("*x*y*", "yx", false), ("*x*y*", "-x-y-", true), ("ab*ba", "aba", false), ("*aa*aa*", "aaa", false),
            ("net/*/state", "net/state", false), ("net/*/state", "net/eth0/rx/state", true),
        ])
    func order(text: String, path: String, matches: Bool) throws {
        #expect(try PathPattern(parsing: text).matches(path) == matches)
    }

    @Test("matches only what its rule lets through, whatever the path (2,000 random ones)")
    func ruleIsNeverNarrower() throws {
        var generator = SeededGenerator(seed: 8)
        func text(_ alphabet: [Character], upTo count: Int) -> String {
            String(
                (0..<Int.random(in: 1...count, using: &generator)).map { _ in
                    alphabet.randomElement(using: &generator) ?? "a"
                })
        }
        var matches = 0
        for _ in 0..<2000 {
            let pattern = try PathPattern(parsing: text(["a", "b", "*", "/"], upTo: 6))
            let path = text(["a", "b", "/"], upTo: 6)
            let isAsked = pattern.rule.matches(Array(path.utf8).span.bytes)
            let isMeant = pattern.matches(path)
            #expect(isAsked || !isMeant, "\(pattern) \(path)")
            if isMeant { matches += 1 }
        }
        #expect(matches > 100)
    }
}

@Suite("--rule")
struct RuleTextTests {
    @Test("takes a rule in the protocol's words")
    func protocolRule() throws {
        let filter = try ElementFilter(parsing: #"{"path":{"startsWith":"CPU/","caseInsensitive":true}}"#)
        #expect(filter.rule == FetchRule(path: PathRule([.startsWith(Array("cpu/".utf8))], ignoresCase: true)))
        #expect(filter.admits("anything"), "the daemon has decided")
    }

    @Test("takes rules about values and fields, and an order")
    func values() throws {
        let text = #"{"value":{"greaterThan":1},"valueField":{"a.b":{"equals":true}},"sort":{"byValue":"number"}}"#
        let rule = try ElementFilter(parsing: text).rule
        #expect(rule.value != nil && rule.fields.count == 1 && rule.sort != nil)
    }

    @Test("may be an empty rule, which is everything")
    func everything() throws {
        #expect(try ElementFilter(parsing: "{}").rule == FetchRule())
    }

    @Test(
        "refuses what would silently mean something else",
        arguments: [
            (#"{"path":{"startWith":"a"}}"#, "startWith"), (#"{"pth":{}}"#, "pth"), ("[]", "object"),
            ("{", "not JSON"), (#"{"path":{"equals":1}}"#, "path.equals"), (#"{"path":1}"#, "path"),
        ])
    func refused(text: String, says: String) throws {
        let error = #expect(throws: RuleTextError.self) { try ElementFilter(parsing: text) }
        #expect(error?.reason.contains(says) == true)
    }
}
