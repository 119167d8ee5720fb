import JSONText
import JetProtocol
import TestSupport
import Testing

/// What comes in MessagePack, as JSON: every format of the specification, by its first byte.
@Suite("MessagePack is read as JSON")
struct MessagePackReaderTests {
    static func json(_ message: [UInt8], limit: Int = 1 << 24) throws(MessagePackError) -> String {
        var text: [UInt8] = []
        try MessagePackReader.appendJSON(of: message.span.bytes, limit: limit, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    @Test(
        "whole numbers, with all their digits",
        arguments: [
            // positive fixint
            ("00", "0"), ("7f", "127"),
            // negative fixint
            ("e0", "-32"), ("ff", "-1"),
            // uint 8, 16, 32, 64
            ("cc 00", "0"), ("cc ff", "255"), ("cd 0100", "256"), ("cd ffff", "65535"), ("ce 00010000", "65536"),
            ("ce ffffffff", "4294967295"), ("cf 0000000100000000", "4294967296"),
            ("cf ffffffffffffffff", "18446744073709551615"),
            // int 8, 16, 32, 64
            ("d0 80", "-128"), ("d0 7f", "127"), ("d1 8000", "-32768"), ("d2 80000000", "-2147483648"),
            ("d3 8000000000000000", "-9223372036854775808"), ("d3 0000000000000001", "1"),
        ])
    func wholeNumbers(hex: String, json: String) throws {
        #expect(try Self.json([UInt8](hex: hex)) == json)
    }

    @Test(
        "floating-point numbers, in the shortest digits that are the same number of the same size",
        arguments: [
            // float 32
            ("ca 3dcccccd", "0.1"), ("ca 41ac0000", "21.5"), ("ca 00000000", "0.0"), ("ca 80000000", "-0.0"),
            ("ca 7f7fffff", "3.4028235e+38"), ("ca 00000001", "1e-45"),
            // float 64
            ("cb 3fb999999999999a", "0.1"), ("cb 3ff0000000000000", "1.0"),
            ("cb 3fb99999a0000000", "0.10000000149011612"),
            ("cb 7fefffffffffffff", "1.7976931348623157e+308"), ("cb 0000000000000001", "5e-324"),
        ])
    func floats(hex: String, json: String) throws {
        #expect(try Self.json([UInt8](hex: hex)) == json)
    }

    @Test("nil, false and true", arguments: [("c0", "null"), ("c2", "false"), ("c3", "true")])
    func words(hex: String, json: String) throws {
        #expect(try Self.json([UInt8](hex: hex)) == json)
    }

    @Test(
        "strings, whatever format says how long they are, and binary data that is UTF-8",
        arguments: ["a4", "d9 04", "da 0004", "db 00000004", "c4 04", "c5 0004", "c6 00000004"])
    func strings(header: String) throws {
        #expect(try Self.json([UInt8](hex: header) + "a\"é".utf8) == #""a\"é""#)
        #expect(try Self.json([UInt8](hex: header) + [0, 0x1F, 0x0A, 0x7F]) == "\"\\u0000\\u001f\\n\u{7F}\"")
    }

    @Test(
        "strings of any length",
        arguments: [("d9 ff", 255), ("da 0100", 256), ("da ffff", 65_535), ("db 00010000", 65_536)])
    func longStrings(header: String, length: Int) throws {
        let content = String(repeating: "x", count: length)
        #expect(try Self.json([UInt8](hex: header) + content.utf8) == "\"\(content)\"")
    }

    @Test(
        "arrays and maps, whatever format says how much is in them",
        arguments: [
            ("90", "[]"), ("80", "{}"), ("93 01 c0 91 c3", "[1,null,[true]]"),
            ("82 a161 01 a162 80", #"{"a":1,"b":{}}"#),
            ("dc 0002 01 02", "[1,2]"), ("dd 00000002 01 02", "[1,2]"), ("dc 0000", "[]"), ("dd 00000000", "[]"),
            ("de 0001 a161 01", #"{"a":1}"#), ("df 00000001 a161 01", #"{"a":1}"#), ("df 00000000", "{}"),
            ("92 81 a161 92 01 80 90", #"[{"a":[1,{}]},[]]"#),
        ])
    func containers(hex: String, json: String) throws {
        #expect(try Self.json([UInt8](hex: hex)) == json)
    }

    @Test("arrays and maps of any length", arguments: [16, 65_535, 65_536])
    func longContainers(count: Int) throws {
        let header = withUnsafeBytes(of: UInt32(count).bigEndian) { Array($0) }
        let ones = [UInt8](repeating: 1, count: count)
        let list = String(repeating: "1,", count: count).dropLast()
        #expect(try Self.json([0xDD] + header + ones) == "[\(list)]")
        if count < 65_536 { #expect(try Self.json([0xDC] + header.suffix(2) + ones) == "[\(list)]") }
        let members = [[UInt8]](repeating: [0xA0, 0xC0], count: count).flatMap { $0 }
        let object = String(repeating: "\"\":null,", count: count).dropLast()
        #expect(try Self.json([0xDF] + header + members) == "{\(object)}")
    }

    @Test("a key that is a whole number becomes a string: a Lua table with holes has such")
    func numbersAsKeys() throws {
        let map = [UInt8](hex: "85 01 c3  cd 0100 c3  ff c3  cf ffffffffffffffff c3  c4 01 61 c3")
        #expect(try Self.json(map) == #"{"1":true,"256":true,"-1":true,"18446744073709551615":true,"a":true}"#)
    }

    @Test("what is read is appended, and the limit is for that alone")
    func appended() throws {
        var text = Array("text: ".utf8)
        try MessagePackReader.appendJSON(of: ([0xC3] as [UInt8]).span.bytes, limit: 4, to: &text)
        #expect(String(decoding: text, as: UTF8.self) == "text: true")
    }

    @Test("values are nested 128 deep and no deeper, arrays and maps alike", arguments: ["91", "81a0"])
    func depth(container: String) throws {
        let open = [UInt8](hex: container)
        func nested(_ depth: Int) -> [UInt8] { Array(repeatElement(open, count: depth).joined()) + [0xC0] }
        let text = try Self.json(nested(128))
        #expect(throws: Never.self) { try JSON(parsing: Array(text.utf8).span.bytes) }
        #expect(MessagePackRefusalTests.refusal(of: nested(129))?.reason == .tooDeep)
        #expect(MessagePackRefusalTests.refusal(of: nested(1_000_000))?.reason == .tooDeep)
    }
}
