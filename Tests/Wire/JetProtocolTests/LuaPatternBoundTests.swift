import TestSupport
import Testing

@testable import JetProtocol

/// What a pattern can cost, whoever wrote it: no more than `LuaPattern.stepLimit` steps and one walk over the subject.
@Suite("Lua patterns: bounds")
struct LuaPatternBoundTests {
    /// What it costs to match; `nil` if it is no pattern.
    private func steps(_ pattern: String, _ subject: [UInt8]) -> Int? {
        guard let pattern = try? LuaPattern(parsing: pattern, at: "match") else { return nil }
        var matcher = LuaPatternMatcher(pattern)
        _ = matcher.matches(subject.span.bytes)
        return matcher.steps
    }

    /// The last step may walk over the rest of the subject, for a set that repeats or for what is balanced.
    private func bound(_ subject: [UInt8]) -> Int { LuaPattern.stepLimit + subject.count + 2 }

    @Test(
        "patterns that would take exponential time give up",
        arguments: [
            "(.-)*(.-)*(.-)*b", "(.-)(.-)(.-)(.-)(.-)b", ".-.-.-.-.-.-.-.-b", "(a*)(a*)(a*)(a*)(a*)%1%2%3%4b",
            "a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaaab", "(a-)%1(a-)%2(a-)%3b", "a*a*a*a*a*a*a*a*$b",
            "%f[a].-b",
            "[%w]+[%w]+[%w]+[%w]+[^a]", "^(.*)(.*)(.*)(.*)b$", "%b()a*a*a*a*b", "a+a+a+a+a+a+a+a+b",
        ], [0, 1, 20, 1000, 100_000])
    func exponential(pattern: String, length: Int) throws {
        let subject = Array(repeating: UInt8(ascii: "a"), count: length)
        let cost = try #require(self.steps(pattern, subject))
        #expect(cost <= bound(subject))
    }

    @Test("what is balanced is looked for no longer than that, too")
    func balanced() throws {
        let subject = Array(String(repeating: "(", count: 50_000).utf8)
        let cost = try #require(self.steps("%b()%b()b", subject))
        #expect(cost <= bound(subject))
    }

    @Test("what stands for nothing in a range is no byte, and the whole range is each")
    func ranges() throws {
        for (pattern, byte, isIn) in [
            ("[z-a]", UInt8(ascii: "b"), false), ("[z-a]", UInt8(ascii: "-"), false), ("[\u{1}-\u{7f}]", 0x7F, true),
            ("[a-a]", UInt8(ascii: "a"), true),
        ] {
            let subject = [byte]
            let matches = try LuaPattern(parsing: pattern, at: "match").matches(subject.span.bytes)
            #expect(matches == isIn, "\(pattern)")
        }
    }

    @Test("damaged patterns are refused or matched, and within the bounds", arguments: 1...4 as ClosedRange<UInt64>)
    func damaged(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let whole = [
            "^cpu/(%d+)/[%w_]-$", "%b()%f[%W](.-)%1", "([^/]*)/([a-z%d]+)%2?", "(()(a*)(b+))%3$", "[]^-]+[^]]*",
            "%%a%.",
        ]
        let pieces = ["%", "[", "]", "(", ")", "-", "*", "+", "?", "^", "$", "%1", "%b", "%f", ".", "a", "é", "\0"]
        let subjects = [
            Array(repeating: UInt8(ascii: "a"), count: 500), Array("cpu/17/temp_a (b(c)) aa/aa".utf8), [],
            [0, 0xFF, 0x28],
        ]
        var read = 0
        for _ in 0..<3000 {
            var text = Array((whole.randomElement(using: &random) ?? "").unicodeScalars)
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0...text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0 where place < text.count: text.remove(at: place)
                case 1: text.removeSubrange(place...)
                default: text.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").unicodeScalars, at: place)
                }
            }
            var pattern = String.UnicodeScalarView()
            pattern.append(contentsOf: text)
            for subject in subjects {
                guard let cost = steps(String(pattern), subject) else { continue }
                read += 1
                #expect(cost <= bound(subject), "\(String(pattern).debugDescription)")
            }
        }
        #expect(read > 1000)
    }

    @Test("a pattern of a megabyte is read, and so is a set of one")
    func long() throws {
        let letters = String(repeating: "%a[b-d]", count: 150_000)
        let subject = Array("ab".utf8)
        let doesMatch = try LuaPattern(parsing: letters, at: "match").matches(subject.span.bytes)
        #expect(!doesMatch)
        let set = "[" + String(repeating: "%a-z", count: 250_000) + "]"
        let isInSet = try LuaPattern(parsing: set, at: "match").matches(subject.span.bytes)
        #expect(isInSet)
        #expect(throws: RuleError.self) {
            try LuaPattern(parsing: String(repeating: "(", count: 1 << 20), at: "match")
        }
    }
}
