import JSONText
import Testing

/// How values are written: without white space, and escaped only where RFC 8259 demands it.
@Suite("Writer")
struct WriterTests {
    @Test(
        "strings are written with the shortest escape",
        arguments: [
            ("", #""""#), ("plain", #""plain""#), ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#),
            ("\u{08}\u{09}\u{0A}\u{0C}\u{0D}", #""\b\t\n\f\r""#),
            ("\0\u{01}\u{0B}\u{1F}", #""\u0000\u0001\u000b\u001f""#),
            ("\u{7F}\u{80}\u{2028}", "\"\u{7F}\u{80}\u{2028}\""), ("é€😀", #""é€😀""#), ("a\"", #""a\"""#),
            ("\"a", #""\"a""#), ("\"\"", #""\"\"""#), ("tab\there", #""tab\there""#), ("\\u0041", #""\\u0041""#),
        ])
    func strings(_ string: String, _ text: String) {
        #expect(JSON.string(string).description == text)
        var output = Array("before".utf8)
        JSONWriter.append(string: string, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "before" + text)
        output = []
        JSONWriter.append(string: Array(string.utf8).span.bytes, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == text)
    }

    /// Texts in the form that the writer gives, with every kind of value.
    @Test(
        "a text in the writer's form comes out as it went in",
        arguments: [
            "null", "true", "false", "0", "-0", "1.50", "1E5", "1e+5", "123456789012345678901234567890", "1e400",
            "-0.000e-0", #""""#, #""a\u0000\n\"\\/""#, "[]", "{}", "[null,[],{}]", #"{"a":{"b":[1,2.0,"c"]},"d":null}"#,
            #"{"b":1,"a":2,"":3,"é":4}"#, #"{"jsonrpc":"2.0","id":"x/1","method":"set","params":{"value":1.0}}"#,
        ])
    func canonical(_ text: String) throws {
        let value = try JSON(parsing: text)
        #expect(value.description == text)
        #expect(value.text == Array(text.utf8))
        var output = Array("[".utf8)
        JSONWriter.append(value, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "[" + text)
    }

    @Test(
        "white space, needless escapes and what duplicates hid are left out, and nothing else",
        arguments: [
            (" [ 1 , 2 ] ", "[1,2]"), ("{ \"a\" :\n1 }", #"{"a":1}"#), (#""\u0041\/\u00e9\ud83d\ude00""#, "\"A/é😀\""),
            (#""\u000A\u0008\u001F""#, #""\n\b\u001f""#), (#"{"a":1,"b":2,"a":3.0}"#, #"{"a":3.0,"b":2}"#),
            ("\t-0.10E+05\r", "-0.10E+05"),
        ])
    func normalised(_ text: String, _ written: String) throws {
        #expect(try JSON(parsing: text).description == written)
    }
}
