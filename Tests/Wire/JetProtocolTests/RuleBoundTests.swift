import JSONText
import TestSupport
import Testing

@testable import JetProtocol

/// How large a rule may be, and what its memory is.
@Suite("Bounds of rules")
struct RuleBoundTests {
    private func error(_ text: String) throws -> RuleError? {
        let params = try JSON(parsing: text)
        do throws(RuleError) {
            _ = try FetchRule(parsing: params)
            return nil
        } catch {
            return error
        }
    }

    private func list(_ count: Int, _ element: (Int) -> String) -> String {
        "[" + (0..<count).map(element).joined(separator: ",") + "]"
    }

    private func members(_ count: Int) -> String {
        "{" + (0..<count).map { "\"a\($0)\":{\"equals\":1}" }.joined(separator: ",") + "}"
    }

    @Test("lists have at most 16,384 strings, or 4,096 values")
    func operands() throws {
        for name in ["equalsOneOf", "equalsNotOneOf"] {
            #expect(try error(#"{"path":{"\#(name)":\#(list(16_384) { "\"\($0)\"" })}}"#) == nil)
            #expect(
                try error(#"{"path":{"\#(name)":\#(list(16_385) { "\"\($0)\"" })}}"#)
                    == RuleError(at: "path.\(name)", "must have at most 16384 strings"))
        }
        for name in ["hasOneOf", "hasAllOf"] {
            #expect(try error(#"{"value":{"\#(name)":\#(list(4096, String.init))}}"#) == nil)
            #expect(
                try error(#"{"value":{"\#(name)":\#(list(4097, String.init))}}"#)
                    == RuleError(at: "value.\(name)", "must have at most 4096 elements"))
        }
        #expect(
            try error(#"{"equalsNot":\#(list(16_385) { "\"\($0)\"" })}"#)
                == RuleError(at: "equalsNot", "must have at most 16384 strings"))
    }

    @Test("a rule has at most 256 fields and 256 conditions")
    func fields() throws {
        #expect(try error(#"{"valueField":\#(members(256))}"#) == nil)
        #expect(
            try error(#"{"valueField":\#(members(257))}"#)
                == RuleError(at: "valueField", "must have at most 256 fields"))
        let condition = #"{"op":"lessThan","value":1}"#
        #expect(try error(#"{"where":\#(list(256) { _ in condition })}"#) == nil)
        #expect(
            try error(#"{"where":\#(list(257) { _ in condition })}"#)
                == RuleError(at: "where", "must have at most 256 conditions"))
    }

    @Test("a pattern has at most 4,096 bytes")
    func patterns() throws {
        #expect(try error(#"{"match":["a","\#(String(repeating: "a", count: 4096))"]}"#) == nil)
        #expect(
            try error(#"{"match":["a","\#(String(repeating: "a", count: 4097))"]}"#)
                == RuleError(at: "match[1]", "must have at most 4096 bytes"))
        #expect(try error(#"{"unmatch":"\#(String(repeating: "a", count: 4097))"}"#)?.place == "unmatch[0]")
    }

    @Test("the params of a fetch have at most 512 KiB")
    func size() throws {
        let params = [UInt8](repeating: UInt8(ascii: " "), count: 512 << 10)
        try FetchRule.check(size: params.span.bytes)
        let longer = params + [UInt8(ascii: " ")]
        #expect(throws: RuleError(at: "params", "must have at most 524288 bytes")) {
            try FetchRule.check(size: longer.span.bytes)
        }
    }

    @Test("a field path with too many steps is refused, however long it is")
    func fieldPath() throws {
        let steps = { (count: Int) in String(repeating: #"["a"]"#, count: count) }
        #expect(try FieldPath(parsing: steps(128), at: "here").steps.count == 128)
        for text in [steps(129), steps(200_000), (0..<129).map { "a\($0)" }.joined(separator: ".")] {
            #expect(throws: RuleError(at: "here", "has too many steps")) { try FieldPath(parsing: text, at: "here") }
        }
        #expect(throws: RuleError(at: "here", "ends in a dot")) {
            try FieldPath(parsing: (0..<128).map { "a\($0)" }.joined(separator: ".") + ".", at: "here")
        }
    }

    @Test("the name of a peer has at most 256 bytes, and no control characters")
    func names() {
        for name in ["", "panel", "Küche 日本 😀", String(repeating: "x", count: 256)] { #expect(PeerName.isValid(name)) }
        for name in [
            "a\nb", "a\r", "\t", "\u{0}", "\u{1B}[2J", "\u{7F}", "\u{85}", "\u{9B}", "\u{2028}", "\u{2029}",
            String(repeating: "x", count: 257), String(repeating: "é", count: 129),
        ] { #expect(!PeerName.isValid(name), "\(name.debugDescription)") }
    }

    @Test(
        "the size of a rule counts its operands",
        arguments: [
            #"{"path":{"equals":@}}"#, #"{"path":{"contains":@}}"#, #"{"path":{"equalsOneOf":[@]}}"#,
            #"{"match":[@]}"#, #"{"value":{"lessThan":@}}"#, #"{"value":{"equals":{"a":@}}}"#,
            #"{"value":{"hasOneOf":["a",@]}}"#, #"{"valueField":{@:{"equals":1}}}"#,
            #"{"sort":{"byValueField":{@:"number"}}}"#,
        ])
    func memory(text: String) throws {
        func size(_ count: Int) throws -> Int {
            let operand = "\"" + String(repeating: "a", count: count) + "\""
            let text = text.split(separator: "@", omittingEmptySubsequences: false).joined(separator: operand)
            return try FetchRule(parsing: JSON(parsing: text)).size
        }
        let (short, long) = (try size(1), try size(4000))
        #expect(short > 0 && short < 1500)
        #expect(long >= short + 3900)
        #expect(FetchRule().size < short)
    }

    @Test("hasOneOf and hasAllOf find what is equal, few or many operands, however it is written")
    func hashed() throws {
        var random = SeededGenerator(seed: 0x5E7)
        let pool = try [
            "1", "2", "3", "1.0", "20e-1", "9007199254740993", "9007199254740992", #""a""#, #""b""#, #""\u00e9""#,
            #""e\u0301""#, "null", "true", "false", "[]", "[1,2]", #"{"a":1,"b":2}"#, #"{"b":2,"a":1.0}"#, "{}",
            "[[1]]",
            #""1""#,
        ].map { try JSON(parsing: $0) }
        for _ in 0..<2000 {
            let operands = (0..<Int.random(in: 0...10, using: &random)).compactMap { _ in
                pool.randomElement(using: &random)
            }
            let elements = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
                pool.randomElement(using: &random)
            }
            let value = JSON.array(elements).text
            let one = ValueRule([.hasOneOf(operands)]).matches(value.span.bytes)
            #expect(one == operands.contains { elements.contains($0) }, "\(operands) \(elements)")
            let all = ValueRule([.hasAllOf(operands)]).matches(value.span.bytes)
            #expect(all == operands.allSatisfy { elements.contains($0) }, "\(operands) \(elements)")
        }
    }

    @Test("equals holds for what is equal as JSON, however it is written")
    func equality() throws {
        let texts = [
            "1", "1.0", "10e-1", "-0", "0", "1e400", "1e401", "9007199254740993", "9007199254740992", "true", "false",
            "null", #""a""#, #""\u0061""#, #""é""#, #""e\u0301""#, "[]", "[ ]", "[1,2]", "[1.0, 2e0]", "{}",
            #"{"a":1,"b":[2]}"#, #"{"b":[2.0],"a":1}"#, #"{"a":5,"b":[2],"a":1}"#, #"{"a":1}"#, #""""#, #""\\""#,
        ]
        for left in texts {
            let value = Array(left.utf8)
            let tree = try JSON(parsing: left)
            for right in texts {
                let operand = try JSON(parsing: right)
                let isEqual = tree == operand
                #expect(ValueRule([.equals(operand)]).matches(value.span.bytes) == isEqual, "\(left) \(right)")
                #expect(ValueRule([.equalsNot(operand)]).matches(value.span.bytes) != isEqual, "\(left) \(right)")
                if isEqual { #expect(tree.hashValue == operand.hashValue) }
                // Strings are in order by code points.
                guard let left = tree.string, let right = operand.string else { continue }
                let isLess = left.utf8.lexicographicallyPrecedes(right.utf8)
                #expect(ValueRule([.lessThan(operand)]).matches(value.span.bytes) == isLess, "\(left) \(right)")
            }
        }
    }

    @Test("a rule keeps its JSON, its equality and its hash")
    func identity() throws {
        let texts = [
            #"{"value":{"hasOneOf":[1,2,3,4,5,6]}}"#, #"{"value":{"hasOneOf":[1.0,2,3,4,5,6]}}"#,
            #"{"value":{"hasAllOf":[1,2,3,4,5,6]}}"#, #"{"value":{"equals":{"a":1}}}"#,
        ]
        let rules = try texts.map { try FetchRule(parsing: JSON(parsing: $0)) }
        for (text, rule) in zip(texts, rules) { #expect(try JSON.object(rule.json) == JSON(parsing: text)) }
        #expect(rules[0] == rules[1] && rules[0].hashValue == rules[1].hashValue)
        #expect(rules[0] != rules[2] && rules[2] != rules[3])
    }
}
