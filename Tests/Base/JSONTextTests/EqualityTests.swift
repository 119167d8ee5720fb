import JSONText
import Testing

/// When two values are the same, and that hashes agree.
@Suite("Equality")
struct EqualityTests {
    /// Values that are the same.
    static let same: [(String, String)] = [
        ("null", " null "), (#""é""#, #""\u00e9""#), (#""A\/""#, #""\u0041/""#), (#""😀""#, #""\ud83d\ude00""#),
        ("[1,2]", "[ 1.0 , 2e0 ]"), (#"{"a":1,"b":2}"#, #"{"b":2.0,"a":1}"#), (#"{"a":1,"a":2}"#, #"{"a":2}"#),
        (#"{"a":{"x":1,"y":2},"b":[{}]}"#, #"{"b":[{}],"a":{"y":2,"x":1}}"#),
        (#"{"a":1,"b":2,"c":3,"d":4}"#, #"{"a":1,"d":4,"c":3,"b":2}"#), ("{}", "{ }"), ("[]", "[ ]"),
    ]

    @Test("holds for the same value however written", arguments: same)
    func equal(_ left: String, _ right: String) throws {
        let (left, right) = (try JSON(parsing: left), try JSON(parsing: right))
        #expect(left == right)
        #expect(right == left)
        #expect(left.hashValue == right.hashValue)
    }

    @Test(
        "does not hold",
        arguments: [
            ("null", "false"), ("null", "0"), ("null", #""null""#), ("false", "0"), ("true", "1"), ("0", #""0""#),
            ("[]", "{}"), ("[]", "null"), (#""""#, "null"), ("[1]", "1"), ("[1,2]", "[2,1]"), ("[1]", "[1,1]"),
            ("[null]", "[]"), (#""a""#, #""A""#), (#""a""#, #""a ""#), (#""\u00e9""#, #""e\u0301""#),
            (#""\u1e9b\u0323""#, #""\u1e9b\u0323 ""#), (#"{"\u00e9":1}"#, #"{"e\u0301":1}"#),
            (#"{"a":1}"#, #"{"a":2}"#),
            (#"{"a":1}"#, #"{"b":1}"#), (#"{"a":1}"#, #"{"a":1,"b":2}"#), (#"{"a":null}"#, "{}"),
            (#"{"a":null,"b":1}"#, #"{"b":1,"c":null}"#), (#"{"a":1,"b":2}"#, #"{"b":1,"a":2}"#),
            (#"{"a":1,"b":2,"c":3}"#, #"{"a":1,"c":3,"d":2}"#), (#"["ab",""]"#, #"["a","b"]"#),
        ])
    func different(_ left: String, _ right: String) throws {
        let (left, right) = (try JSON(parsing: left), try JSON(parsing: right))
        #expect(left != right)
        #expect(right != left)
        #expect(left == left && right == right)
        // No law says so, but none of these should meet by construction.
        #expect(left.hashValue != right.hashValue)
    }

    @Test("of objects costs no more than their size, however deep and in whatever order")
    func hostileOrder() {
        func nested(_ levels: Int, _ make: (JSON) -> JSON) -> JSON {
            (0..<levels).reduce(JSON.null) { inner, _ in make(inner) }
        }
        // Compared twice per level this would take 2^120 steps.
        let left = nested(120) { ["in": $0, "a": 1, "b": 2] }
        let right = nested(120) { ["in": $0, "b": 2, "a": 1] }
        #expect(left == right)
        let other = nested(120) { ["b": 2, "a": 1, "in": $0] }
        #expect(left == other)
        #expect(left.hashValue == other.hashValue)
    }

    @Test("of large objects holds in any order")
    func largeObjects() throws {
        let members = (0..<1000).map { "\"\($0)\":[\($0)]" }
        let left = try JSON(parsing: "{" + members.joined(separator: ",") + "}")
        let right = try JSON(parsing: "{" + members.reversed().joined(separator: ",") + "}")
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        let other = try JSON(
            parsing: "{" + (members.reversed().dropLast() + ["\"x\":[0]"]).joined(separator: ",") + "}")
        #expect(left != other)
    }
}
