import FoundationEssentials
import JSONText
import Testing

/// `JSON` as part of Codable types: what a peer's own types hold where anything may come.
@Suite("Codable")
struct CodableTests {
    private struct Entry: Codable, Equatable {
        var path: String
        var value: JSON?
        var extra: [String: JSON]
    }

    private static func roundTrip<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }

    @Test(
        "a value survives an encoder and a decoder",
        arguments: [
            "null", "true", "false", "0", "-1", "1.5", "1e300", "9223372036854775807", "-9223372036854775808",
            "18446744073709551615", "9007199254740993", "0.1", #""""#, #""a\n\"é😀\u0000""#, "[]", "{}", "[[],{},null]",
            #"{"":null,"a":{"b":[1,true,"x",{"c":[]}]}}"#, #"[1,"1",true,null,1.25]"#, #"{"null":null,"0":0}"#,
        ])
    func roundTrip(_ text: String) throws {
        let value = try JSON(parsing: text)
        #expect(try Self.roundTrip(value) == value)
        #expect(try Self.roundTrip([value]) == [value])
    }

    @Test("what the encoder writes, the scanner reads as the same value")
    func encoderToScanner() throws {
        let value = try JSON(parsing: #"{"a":[1,-2.5,1e100,"\u0001\/",null,true],"b":{"c":{}}}"#)
        let data = try JSONEncoder().encode(value)
        #expect(try JSON(parsing: Array(data)) == value)
    }

    @Test("what the writer writes, the decoder reads as the same value")
    func writerToDecoder() throws {
        let value: JSON = ["a": [1, -2.5, "\u{01}é", nil, true], "b": ["c": [:]]]
        #expect(try JSONDecoder().decode(JSON.self, from: Data(value.text)) == value)
    }

    @Test("a value stands inside of other types")
    func inside() throws {
        let entry = Entry(path: "a/b", value: ["x": [1, nil]], extra: ["n": nil, "s": "t"])
        #expect(try Self.roundTrip(entry) == entry)
    }

    @Test("true and 1 stay different")
    func booleans() throws {
        #expect(try Self.roundTrip([true, 1, false, 0] as JSON).description == "[true,1,false,0]")
    }

    @Test("a number beyond every binary type comes out as the nearest one")
    func manyDigits() throws {
        let value = try Self.roundTrip(try JSON(parsing: "123456789012345678901234567890"))
        #expect(value.double == Double("123456789012345678901234567890"))
    }

    @Test("a number beyond the largest cannot be encoded")
    func tooLarge() throws {
        let value = try JSON(parsing: "[1e400]")
        #expect(throws: EncodingError.self) { try JSONEncoder().encode(value) }
    }

    @Test("a mistake deep inside is reported, not swallowed")
    func mistakes() {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(JSON.self, from: Data("[1,[2,{\"a\":]}]".utf8)) }
    }
}
