import TestSupport
import Testing

@testable import JetProtocol

/// Lua's patterns, as `match` and `unmatch` use them: jet-protocol(7) §4.5.
@Suite("Lua patterns")
struct LuaPatternTests {
    private func matches(_ pattern: String, _ subject: String) throws -> Bool {
        let bytes = Array(subject.utf8)
        return try LuaPattern(parsing: pattern, at: "match").matches(bytes.span.bytes)
    }

    @Test(
        "every item matches what Lua's manual says",
        arguments: [
            ("", ["", "a"], []), ("b", ["b", "abc"], ["", "a"]), ("^b", ["bc"], ["ab"]), ("b$", ["ab"], ["bc"]),
            ("^b$", ["b"], ["bb", "^b$"]), ("a^b", ["a^b"], ["ab"]), ("a$b", ["a$b"], ["ab"]),
            ("^a.c$", ["abc", "a.c"], ["ac"]), ("^%a+$", ["aZ"], ["", "1", "é"]), ("^%d$", ["0", "9"], ["a"]),
            ("^%l$", ["a"], ["A", "1"]), ("^%u$", ["A"], ["a"]), ("^%w$", ["a", "9"], ["_"]),
            ("^%x+$", ["09afAF"], ["g"]), ("^%s$", [" ", "\t", "\n"], ["a"]), ("^%p$", ["_", "/"], ["a", " "]),
            ("^%c$", ["\u{1}", "\u{7f}"], ["a"]), ("^%g$", ["!"], [" "]), ("%z", ["a\0"], ["a"]),
            ("^%D$", ["a"], ["1"]), ("^%A%S$", ["1a"], ["aa", "1 "]), ("^a%.b%%$", ["a.b%"], ["axb%"]),
            ("^[abc]$", ["b"], ["d"]), ("^[^abc]$", ["d"], ["b", ""]), ("^[a-c%d_]+$", ["ab1_"], ["d"]),
            ("^[]]$", ["]"], ["["]), ("^[^]]$", ["["], ["]"]), ("^[a-]+$", ["a-"], ["b"]), ("^[%]-]$", ["]"], ["a"]),
            ("^ab?c$", ["ac", "abc"], ["abbc"]), ("^ab*c$", ["ac", "abbc"], ["adc"]), ("^ab+c$", ["abbc"], ["ac"]),
            ("^a.-c$", ["ac", "abcc"], ["acb"]), ("^.*b.*d$", ["abcd", "bbdd"], ["dbc"]), ("*a", ["*a"], ["a"]),
            ("^%b()$", ["(a(b)c)"], ["(a(b)c", "a()"]), ("%bxx", ["xax"], ["xa"]),
            ("%f[%w]cpu%f[%W]", ["a cpu b", "cpu"], ["acpu", "cpus"]), ("^(%a+)/%1$", ["ab/ab"], ["ab/a", "ab/abc"]),
            ("^(a*(.)%w(%s*))$", ["aab "], ["a"]), ("^((%d)%2)%1$", ["1111"], ["1112", "111"]),
            ("^()a()$", ["a"], [""]),
            ("^(.-)(.)%2$", ["abb", "xx"], ["ab"]),
        ] as [(String, [String], [String])])
    func items(pattern: String, matching: [String], others: [String]) throws {
        for subject in matching { #expect(try matches(pattern, subject), "\(pattern) \(subject)") }
        for subject in others { #expect(try !matches(pattern, subject), "\(pattern) \(subject)") }
    }

    @Test(
        "a malformed pattern is refused",
        arguments: [
            "%", "a%", "[a", "[", "[]", "[^]", "[%", "[a%]", "(", "(a", ")", "a)", "%1", "(%1)", "()%1", "%0", "%b",
            "%ba", "%f", "%fa",
        ])
    func malformed(pattern: String) {
        #expect(throws: RuleError.self) { try LuaPattern(parsing: pattern, at: "match") }
    }

    @Test("a match that takes too many steps counts as no match")
    func budget() throws {
        let subject = String(repeating: "a", count: 1000)
        #expect(try !matches(String(repeating: "a*", count: 30) + "b", subject))
        #expect(try !matches(String(repeating: "a-", count: 30) + "b", subject))
        #expect(try !matches("(a*)(a*)%1%2%1b", subject))
        #expect(try matches("a*$", subject))
        #expect(try matches(subject + "$", String(repeating: "b", count: 1 << 16) + subject))
    }

    @Test("random patterns and subjects never trap, and agree with themselves in parentheses")
    func random() throws {
        var random = SeededGenerator(seed: 0x1A)
        let parts = [
            "a", "b", "A", ".", "%", "[", "]", "^", "$", "(", ")", "*", "+", "-", "?", "%1", "%b", "%f", "%d", "é",
            "\0",
        ]
        var read = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in parts.randomElement(using: &random) ?? ""
            }
            .joined()
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Array("abA()é\0".utf8).randomElement(using: &random) ?? 0
            }
            guard let pattern = try? LuaPattern(parsing: text, at: "match") else { continue }
            read += 1
            let result = pattern.matches(bytes.span.bytes)
            let upper = pattern.lowercased.matches(bytes.span.bytes)
            _ = upper
            guard !text.hasPrefix("^"), !text.hasSuffix("$"), !text.contains("%1") else { continue }
            let inParentheses = try LuaPattern(parsing: "(\(text))", at: "match")
            #expect(inParentheses.matches(bytes.span.bytes) == result, "\(text.debugDescription)")
        }
        #expect(read > 5_000)
    }

    @Test("an anchored pattern with a literal beginning narrows where to look")
    func reach() throws {
        func reach(_ patterns: String...) throws -> PathRule.Reach {
            PathRule([.matchesOneOf(try patterns.map { try LuaPattern(parsing: $0, at: "match") })]).reach
        }
        #expect(try reach("^cpu/%d") == .prefix(Array("cpu/".utf8)))
        #expect(try reach("^ab*") == .prefix(Array("a".utf8)))
        #expect(try reach("^b$", "^a$", "^a$") == .exactly([[0x61], [0x62]]))
        #expect(try reach("^cpu/0", "^cpu/1$") == .prefix(Array("cpu/".utf8)))
        #expect(try reach("cpu") == .anywhere)
        #expect(try reach("^cpu", "net") == .anywhere)
    }
}
