import JSONText
import JetProtocol
import TestSupport
import Testing

/// What JSON becomes in MessagePack: of all the formats that could hold a value, the shortest.
@Suite("JSON is written as MessagePack")
struct MessagePackWriterTests {
    static func packed(_ json: String) throws(JSONError) -> [UInt8] {
        var writer = MessagePackWriter()
        var bytes: [UInt8] = []
        try writer.append(json: Array(json.utf8).span.bytes, to: &bytes)
        return bytes
    }

    @Test(
        "whole numbers",
        arguments: [
            ("0", "00"), ("127", "7f"), ("128", "cc80"), ("255", "ccff"), ("256", "cd0100"), ("65535", "cdffff"),
            ("65536", "ce00010000"), ("4294967295", "ceffffffff"), ("4294967296", "cf0000000100000000"),
            ("9223372036854775808", "cf8000000000000000"), ("18446744073709551615", "cfffffffffffffffff"),
            ("-0", "00"), ("-1", "ff"), ("-32", "e0"), ("-33", "d0df"), ("-128", "d080"), ("-129", "d1ff7f"),
            ("-32768", "d18000"), ("-32769", "d2ffff7fff"), ("-2147483648", "d280000000"),
            ("-2147483649", "d3ffffffff7fffffff"), ("-9223372036854775808", "d38000000000000000"),
        ])
    func wholeNumbers(json: String, hex: String) throws {
        #expect(try Self.packed(json).hex == hex)
    }

    @Test(
        "other numbers are float 64, the nearest there is",
        arguments: [
            ("0.1", "cb3fb999999999999a"), ("1.0", "cb3ff0000000000000"), ("1e2", "cb4059000000000000"),
            ("-0.5", "cbbfe0000000000000"), ("5e-324", "cb0000000000000001"), ("1e-999", "cb0000000000000000"),
            // Digits beyond are lost, and those of whole numbers beyond 64 bits.
            ("0.1000000000000000000000001", "cb3fb999999999999a"), ("18446744073709551616", "cb43f0000000000000"),
            ("-9223372036854775809", "cbc3e0000000000000"),
            // What is beyond the largest is the largest: infinity could not come back.
            ("1e400", "cb7fefffffffffffff"), ("-1e400", "cbffefffffffffffff"),
        ])
    func otherNumbers(json: String, hex: String) throws {
        #expect(try Self.packed(json).hex == hex)
    }

    @Test("null, false and true", arguments: [("null", "c0"), (" false ", "c2"), ("true", "c3")])
    func words(json: String, hex: String) throws {
        #expect(try Self.packed(json).hex == hex)
    }

    @Test(
        "strings, their escapes resolved",
        arguments: [
            (#""""#, "a0"), (#""a/é""#, "a4612fc3a9"), (#""\u0041\n\ud83d\ude00\"""#, "a7410af09f988022"),
            (#""\u0000""#, "a100"),
        ])
    func strings(json: String, hex: String) throws {
        #expect(try Self.packed(json).hex == hex)
    }

    @Test(
        "strings have the shortest header",
        arguments: [
            (31, "bf"), (32, "d920"), (255, "d9ff"), (256, "da0100"), (65_535, "daffff"), (65_536, "db00010000"),
        ])
    func stringHeaders(length: Int, header: String) throws {
        let content = String(repeating: "x", count: length)
        #expect(try Self.packed("\"\(content)\"") == [UInt8](hex: header) + content.utf8)
    }

    @Test(
        "arrays and objects, with white space or without",
        arguments: [
            ("[]", "90"), ("{}", "80"), ("[ ]", "90"), ("{ }", "80"), ("[1,[2,[]],{}]", "930192029080"),
            (#"{"a":1,"b":{"c":[null]}}"#, "82a16101a16281a16391c0"),
            ("\n{ \"a\" : [ 1 , 2 ] , \"\\u0062\" : { } }\t", "82a161920102a16280"),
        ])
    func containers(json: String, hex: String) throws {
        #expect(try Self.packed(json).hex == hex)
    }

    @Test(
        "arrays and objects have the shortest header",
        arguments: [
            (15, "9f", "8f"), (16, "dc0010", "de0010"), (65_535, "dcffff", "deffff"),
            (65_536, "dd00010000", "df00010000"),
        ])
    func containerHeaders(count: Int, array: String, map: String) throws {
        let nulls = Array(repeating: "null", count: count).joined(separator: ",")
        #expect(try Self.packed("[\(nulls)]") == [UInt8](hex: array) + [UInt8](repeating: 0xC0, count: count))
        let members = Array(repeating: #""":null"#, count: count).joined(separator: ",")
        let expected = [UInt8](hex: map) + Array(repeatElement([0xA0, 0xC0] as [UInt8], count: count).joined())
        #expect(try Self.packed("{\(members)}") == expected)
    }

    @Test("long arrays and objects inside, before and behind each other each get their headers")
    func nestedLong() throws {
        let row = JSON.array((0..<20).map { .number($0) })
        let table = JSON.array([1, row, .array(Array(repeating: row, count: 17)), "between", row, .array([])])
        #expect(try Self.packed(table.description) == PlainMessagePack.pack(table))
        let object = JSON.object(JSON.Object(uniqueKeys: 300) { ["a": row, "n": .number($0)] })
        #expect(try Self.packed(object.description) == PlainMessagePack.pack(object))
    }

    @Test("is appended to what is there, by a writer that is used again")
    func usedAgain() throws {
        var writer = MessagePackWriter()
        var bytes: [UInt8] = [1, 2]
        let row = JSON.array((0..<20).map { .number($0) })
        for _ in 0..<2 { try writer.append(json: row.text.span.bytes, to: &bytes) }
        #expect(bytes == [1, 2] + PlainMessagePack.pack(row) + PlainMessagePack.pack(row))
    }

    @Test("no depth of nesting is too deep: what the engine writes around a value is deeper than what it reads")
    func depth() throws {
        let text = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(try Self.packed(text) == [UInt8](repeating: 0x91, count: 99_999) + [0x90])
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "", "[", "[1", "[1,", "[1}", #"{"a":1]"#, #"{"a"}"#, "{1:2}", "01", "[1]]", "nul", "\"\\ud800\"", "{,}",
        ])
    func refused(json: String) {
        #expect(throws: JSONError.self) { try Self.packed(json) }
    }
}

extension JSON.Object {
    /// An object of so many members.
    fileprivate init(uniqueKeys count: Int, _ value: (Int) -> JSON) {
        self.init()
        for number in 0..<count { self["\(number)"] = value(number) }
    }
}
