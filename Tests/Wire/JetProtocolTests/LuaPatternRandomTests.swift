import JSONText
import TestSupport
import Testing

@testable import JetProtocol

/// Patterns match what a naive matcher finds, which backtracks by recursion, looks for no required texts, notes no states
/// and leaves out no items.
@Suite("Lua patterns: against a naive matcher")
struct LuaPatternRandomTests {
    /// Matches the items of a pattern as they were written.
    private struct Naive {
        let items: [LuaPattern.Item]
        let isAnchored: Bool
        let subject: [UInt8]
        var effort = 0

        mutating func matches() -> Bool {
            (0...(isAnchored ? 0 : subject.count)).contains { matches(0, $0, [:]) }
        }

        private mutating func matches(_ item: Int, _ position: Int, _ captures: [Int: Range<Int>]) -> Bool {
            effort += 1
            guard item < items.count, effort < 20_000 else { return item >= items.count }
            switch items[item] {
            case .set(let set, let repetition):
                let run = subject[position...].prefix { set.contains($0) }.count
                let counts: [Int] =
                    switch repetition {
                    case .once: run > 0 ? [1] : []
                    case .optional: run > 0 ? [1, 0] : [0]
                    case .most: (0...run).reversed()
                    case .mostFromOne: run > 0 ? (1...run).reversed() : []
                    case .least: Array(0...run)
                    }
                return counts.contains { matches(item + 1, position + $0, captures) }
            case .open(let number):
                return matches(item + 1, position, captures.merging([number: position..<position]) { $1 })
            case .close(let number):
                let start = captures[number]?.lowerBound ?? position
                return matches(item + 1, position, captures.merging([number: start..<position]) { $1 })
            case .same(let number):
                let text = subject[captures[number] ?? 0..<0]
                guard subject[position...].starts(with: text) else { return false }
                return matches(item + 1, position + text.count, captures)
            case .balanced(let first, let last):
                guard position < subject.count, subject[position] == first else { return false }
                var depth = 1
                for at in subject.indices.dropFirst(position + 1) {
                    depth += subject[at] == last ? -1 : subject[at] == first ? 1 : 0
                    if depth == 0 { return matches(item + 1, at + 1, captures) }
                }
                return false
            case .frontier(let set):
                let before = position > 0 ? subject[position - 1] : 0
                let after = position < subject.count ? subject[position] : 0
                return !set.contains(before) && set.contains(after) && matches(item + 1, position, captures)
            case .end: return position == subject.count && matches(item + 1, position, captures)
            }
        }
    }

    @Test("random patterns match the same subjects", arguments: 1...4 as ClosedRange<UInt64>)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let parts = [
            "a", "b", "c", ".", "[ab]", "[^a]", "%a", "%f[a]", "%bab", "(", ")", "%1", ".-", ".*", ".-", "a*", "b-",
            "a+",
            "b?", "[ab]-", "ab", "bc", "$",
        ]
        var (compared, found, costly) = (0, 0, 0)
        for _ in 0..<TestEnvironment.steps(20_000) {
            let count = Int.random(in: 0...12, using: &random)
            var text = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            if Bool.random(using: &random) { text = "^" + text }
            if Bool.random(using: &random) { text += "$" }
            let length = [3, 10, 30].randomElement(using: &random) ?? 0
            let subject = (0..<Int.random(in: 0...length, using: &random)).map { _ in
                Array("aabbc".utf8).randomElement(using: &random) ?? 0
            }
            guard let pattern = try? LuaPattern(parsing: text, at: "match") else { continue }
            var parser = LuaPatternParser(Array(text.utf8), at: "match")
            try parser.parse()
            var naive = Naive(items: parser.items, isAnchored: parser.isAnchored, subject: subject)
            let expected = naive.matches()
            guard naive.effort < 20_000 else {
                costly += 1
                continue
            }
            compared += 1
            if expected { found += 1 }
            let matches = pattern.matches(subject.span.bytes)
            #expect(matches == expected, "\(text) \(String(decoding: subject, as: UTF8.self))")
        }
        #expect(compared > TestEnvironment.steps(20_000) / 4 && found > compared / 20 && costly < compared)
    }
}
