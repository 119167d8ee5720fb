import JSONText
import TestSupport
import Testing

@testable import JetProtocol

/// What rules charge for their work, and that they stop when the meter is exhausted.
@Suite("The meter of work")
struct WorkMeterTests {
    private func rule(_ text: String) throws -> FetchRule { try FetchRule(parsing: JSON(parsing: text)) }

    private func list(_ count: Int, _ element: (Int) -> String) -> String {
        "[" + (0..<count).map(element).joined(separator: ",") + "]"
    }

    private func used(_ rule: FetchRule, path: String, limit: Int = .max) -> (matches: Bool, used: Int) {
        let path = Array(path.utf8)
        var meter = WorkMeter(limit: limit)
        let matches = rule.path.matches(path.span.bytes, &meter)
        return (matches, meter.used)
    }

    private func used(_ rule: FetchRule, value: String, limit: Int = .max) -> (matches: Bool, used: Int) {
        let value = Array(value.utf8)
        var meter = WorkMeter(limit: limit)
        let matches = rule.matches(value: value.span.bytes, &meter)
        return (matches, meter.used)
    }

    @Test("a meter is exhausted when more than its limit has been used")
    func limit() {
        var meter = WorkMeter(limit: 10)
        meter.add(10)
        #expect(!meter.isExhausted)
        meter.add(1)
        #expect(meter.isExhausted)
        #expect(meter.used == 11)
        #expect(!WorkMeter().isExhausted)
    }

    @Test(
        "each predicate on paths charges, and long paths cost searches more",
        arguments: [
            #"{"path":{"contains":"x"}}"#, #"{"path":{"containsNot":"a"}}"#, #"{"path":{"containsOneOf":["x","y"]}}"#,
            #"{"path":{"containsAllOf":["a","x"]}}"#, #"{"match":["a-%d"]}"#, #"{"unmatch":["a-%d$"]}"#,
            #"{"match":["x"]}"#, #"{"path":{"equals":"x","caseInsensitive":true}}"#,
        ])
    func searches(text: String) throws {
        let rule = try rule(text)
        let short = used(rule, path: "aaaa").used
        #expect(short > 0)
        #expect(used(rule, path: String(repeating: "a", count: 4000)).used > short + 100)
    }

    @Test("a comparison is charged by its operand, a look-up by the number of its operands")
    func comparisons() throws {
        let short = try rule(#"{"path":{"startsWith":"a"}}"#)
        let long = try rule(#"{"path":{"startsWith":"\#(String(repeating: "a", count: 4000))"}}"#)
        #expect(used(long, path: "aaaa").used > used(short, path: "aaaa").used + 100)
        let few = try rule(#"{"path":{"equalsOneOf":["a"]}}"#)
        let many = try rule(#"{"path":{"equalsOneOf":\#(list(1000) { "\"\($0)\"" })}}"#)
        let (one, thousand) = (used(few, path: "b").used, used(many, path: "b").used)
        #expect(one > 0 && thousand > one && thousand < 1000)
    }

    @Test(
        "reading a value is charged by its size",
        arguments: [
            #"{"value":{"hasOneOf":[-1]}}"#, #"{"value":{"hasAllOf":[-1,-2,-3,-4,-5,-6]}}"#,
            #"{"value":{"equals":[1]}}"#, #"{"valueField":{"[1999]":{"equals":1}}}"#,
            #"{"sort":{"byValueField":{"[1999]":"number"}}}"#,
        ])
    func values(text: String) throws {
        let rule = try rule(text)
        let (short, long) = (list(1000, String.init), list(2000, String.init))
        let ratio = Double(used(rule, value: long).used) / Double(used(rule, value: short).used)
        #expect(ratio > 1.7 && ratio < 3)
    }

    @Test("strings and numbers are charged, too")
    func scalars() throws {
        for (text, value) in [
            (#"{"value":{"lessThan":5}}"#, "17"), (#"{"value":{"greaterThan":"B"}}"#, #""A""#),
            (#"{"value":{"equals":5}}"#, "5.0"), (#"{"value":{"equalsNot":"B"}}"#, #""A""#),
        ] { #expect(used(try rule(text), value: value).used > 0, "\(text)") }
    }

    @Test("with and without a meter, the result is the same")
    func sameResult() throws {
        for (text, path, value) in [
            (#"{"path":{"contains":"b"}}"#, "abc", "1"), (#"{"path":{"contains":"x"}}"#, "abc", "1"),
            (#"{"match":["^a.c$"]}"#, "abc", "1"), (#"{"path":{"equals":"ABC","caseInsensitive":true}}"#, "aBc", "1"),
            (#"{"value":{"lessThan":2}}"#, "abc", "1"), (#"{"valueField":{"a":{"equals":2}}}"#, "abc", #"{"a":2}"#),
        ] {
            let rule = try rule(text)
            let (bytes, valueBytes) = (Array(path.utf8), Array(value.utf8))
            #expect(rule.path.matches(bytes.span.bytes) == used(rule, path: path).matches, "\(text)")
            let lowercased = PathRule.lowercased(bytes.span.bytes)
            var meter = WorkMeter()
            let matches = rule.path.matches(bytes.span.bytes, lowercased: lowercased, &meter)
            #expect(matches == used(rule, path: path).matches, "\(text)")
            #expect(rule.matches(value: valueBytes.span.bytes) == used(rule, value: value).matches, "\(text)")
        }
    }

    @Test("an exhausted meter stops a rule early")
    func stops() throws {
        let searches = try rule(#"{"path":{"containsOneOf":\#(list(1000) { "\"x\($0)\"" })}}"#)
        let patterns = try rule(#"{"match":\#(list(1000) { "\"a-a-[xy]\($0)$\"" })}"#)
        let all = try rule(#"{"path":{"containsAllOf":\#(list(1000) { _ in "\"a\"" })}}"#)
        let path = String(repeating: "a", count: 100)
        for rule in [searches, patterns, all] {
            let whole = used(rule, path: path).used
            let (matches, some) = used(rule, path: path, limit: 1000)
            #expect(whole > 5000 && some > 1000 && some < 2000 && !matches)
        }
        let backtracking = try rule(#"{"match":[".-a.-a.-a.-a.-[xy]"]}"#)
        let some = used(backtracking, path: path, limit: 1000).used
        #expect(some > 1000 && some < 2000)
        let fields = try rule(
            #"{"valueField":{\#((0..<200).map { "\"a\($0)\":{\"equalsNot\":1}" }.joined(separator: ","))}}"#)
        let object = #"{"x":\#(list(1000, String.init))}"#
        #expect(used(fields, value: object, limit: 1000).used < 20_000)
        #expect(used(fields, value: object).used > 1_000_000)
    }

    @Test("all patterns of a rule share the steps of one path")
    func patterns() throws {
        let costly = "(a-)(a-)(a-)%1%2%3[xy]"
        let path = String(repeating: "a", count: 200)
        let one = used(try rule(#"{"match":["\#(costly)"]}"#), path: path).used
        let many = used(try rule(#"{"match":\#(list(1000) { _ in "\"\(costly)\"" })}"#), path: path).used
        #expect(one > ProtocolLimits.patternSteps)
        // Each of the others only looks whether it may match at all, and tries one item.
        #expect(many < one + 1000 * 100)
        // A match that would take more than the steps that are left is none.
        let last = try rule(#"{"match":["\#(costly)","^a-a$"]}"#)
        #expect(!used(last, path: path).matches)
        let first = try rule(#"{"match":["^a-a$","\#(costly)"]}"#)
        #expect(used(first, path: path).matches)
    }

    @Test("the patterns that once took a minute are cheap")
    func issue() throws {
        let rule = try rule(#"{"match":\#(list(100) { ".-.-.-.-.-.-.-.-.-z\($0)".debugDescription })}"#)
        var work = 0
        for number in 0..<500 { work += used(rule, path: "bench/states/\(number)/with/a/rather/long/path/z").used }
        // 48 s were 48,000,000,000.
        #expect(work < 10_000_000)
    }

    @Test(
        "lists of 4,000 operands are found in an array of 20,000 in linear time", arguments: ["hasOneOf", "hasAllOf"])
    func lists(name: String) throws {
        let rule = try rule(#"{"value":{"\#(name)":\#(list(4000) { "-\($0 + 1)" })}}"#)
        let value = list(20_000) { "\($0 + 1)" }
        #expect(used(rule, value: value) == (false, used(rule, value: value).used))
        #expect(used(rule, value: value).used < 5_000_000)
        let all = list(20_000) { "-\(20_000 - $0)" }
        #expect(used(rule, value: all).matches)
    }
}
