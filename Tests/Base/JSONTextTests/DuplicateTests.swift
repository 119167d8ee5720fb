import JSONText
import Testing

/// Names that stand twice: RFC 8259 section 4 leaves them open; here the last counts.
@Suite("Duplicate names")
struct DuplicateTests {
    @Test(
        "the last counts",
        arguments: [
            Accepted("twice", #"{"a":1,"a":2}"#, ["a": 2]),
            Accepted("the same value", #"{"a":1,"a":1}"#, ["a": 1]),
            Accepted("three times with others between", #"{"a":1,"b":2,"a":3,"c":4,"a":5}"#, ["a": 5, "b": 2, "c": 4]),
            Accepted("of different kinds", #"{"a":{"x":1},"a":null}"#, ["a": nil]),
            Accepted("in an inner object", #"[{"o":{"a":1,"a":[]}}]"#, [["o": ["a": []]]]),
            Accepted("empty names", #"{"":1,"":2}"#, ["": 2]),
            Accepted("an escape first", #"{"\u0061":1,"a":2}"#, ["a": 2]),
            Accepted("an escape last", #"{"a":1,"\u0061":2}"#, ["a": 2]),
            Accepted("a pair and its character", #"{"😀":1,"\ud83d\ude00":2}"#, ["😀": 2]),
            Accepted("one name is no part of another", #"{"a":1,"ab":2,"":3}"#, ["a": 1, "ab": 2, "": 3]),
            Accepted("names differ in case", #"{"a":1,"A":2}"#, ["a": 1, "A": 2]),
        ])
    func lastCounts(_ vector: Accepted) { vector.check() }

    @Test("names that only look the same are not")
    func composed() throws {
        let value = try JSON(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value.object?.count == 2)
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
    }

    @Test("the last counts among many members too", arguments: [15, 16, 17, 18, 100, 3000])
    func many(_ count: Int) throws {
        // The tree keeps an index from 17 members on: names before and behind that border stand twice.
        let first = (0..<count).map { "\"name \($0)\":\($0)" }
        let second = (0..<count).reversed().map { "\"\\u006eame \($0)\":\(-$0)" }
        let value = try JSON(parsing: "{" + (first + second).joined(separator: ",") + "}")
        let object = try #require(value.object)
        #expect(object.map(\.name) == (0..<count).map { "name \($0)" })
        #expect(object.map(\.value) == (0..<count).map { .number(-$0) })
    }

    @Test(
        "the last counts among noted members",
        arguments: [
            (#"{"a":1,"a":2}"#, "2"), (#"{"a":1,"b":5,"a":[2]}"#, "[2]"), (#"{"\u0061":1,"a":2}"#, "2"),
            (#"{"a":1,"\u0061":2}"#, "2"), (#"{"a":1,"\u0061":"\n","b":3,"A":4}"#, #""\n""#),
        ])
    func notedMembers(_ text: String, _ value: String) throws {
        let bytes = Array(text.utf8)
        var scanner = JSONScanner(bytes.span.bytes)
        var members = JSONMembers()
        _ = try scanner.members(into: &members)
        #expect(members.value("a", in: bytes.span.bytes)?.of(bytes.span.bytes).string == value)
        #expect(members.count == text.split(separator: ":").count - 1)
    }
}
