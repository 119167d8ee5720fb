import JSONText
import Testing

/// Strings and their escapes: RFC 8259 section 7.
@Suite("Strings and escapes")
struct StringTextTests {
    @Test(
        "are accepted",
        arguments: [
            Accepted("empty", #""""#, ""),
            Accepted("a space", #"" ""#, " "),
            Accepted("plain", #""network/eth0/state""#, "network/eth0/state"),
            Accepted("structural bytes", #""{[,:]}""#, "{[,:]}"),
            Accepted("a slash", #""/""#, "/"),
            Accepted("a single quote", #""'""#, "'"),
            Accepted("a comment's look", #""/* */ // #""#, "/* */ // #"),
            Accepted("DEL, the last of ASCII", "\"\u{7F}\"", "\u{7F}"),
            Accepted("C1 control characters", "\"\u{80}\u{9F}\"", "\u{80}\u{9F}"),
            Accepted("line separators", "\"\u{2028}\u{2029}\"", "\u{2028}\u{2029}"),
            Accepted("a byte order mark", "\"\u{FEFF}\"", "\u{FEFF}"),
            Accepted("noncharacters", "\"\u{FFFE}\u{FFFF}\u{10FFFF}\"", "\u{FFFE}\u{FFFF}\u{10FFFF}"),
            Accepted("an emoji of several scalars", "\"👩🏽‍🔧\"", "👩🏽‍🔧"),
            Accepted("an escaped quote", #""\"""#, "\""),
            Accepted("an escaped backslash", #""\\""#, "\\"),
            Accepted("an escaped slash", #""\/""#, "/"),
            Accepted("an escaped backspace", #""\b""#, "\u{08}"),
            Accepted("an escaped form feed", #""\f""#, "\u{0C}"),
            Accepted("an escaped line feed", #""\n""#, "\n"),
            Accepted("an escaped carriage return", #""\r""#, "\r"),
            Accepted("an escaped tab", #""\t""#, "\t"),
            Accepted("an escaped NUL", #""\u0000""#, "\0"),
            Accepted("an escaped control character", #""\u001f""#, "\u{1F}"),
            Accepted("an escaped quote by its number", #""\u0022""#, "\""),
            Accepted("an escaped backslash by its number", #""\u005c""#, "\\"),
            Accepted("an escaped backslash by its number starts no escape", #""\u005cn""#, "\\n"),
            Accepted("an escaped letter", #""\u0041""#, "A"),
            Accepted("an escaped letter of two bytes", #""\u00e9""#, "\u{E9}"),
            Accepted("an escaped letter of three bytes", #""\u20AC""#, "€"),
            Accepted("capital digits", #""\uABCD\uEF00""#, "\u{ABCD}\u{EF00}"),
            Accepted("small digits", #""\uabcd\uef00""#, "\u{ABCD}\u{EF00}"),
            Accepted("mixed digits", #""\uaBcD""#, "\u{ABCD}"),
            Accepted("the borders of the surrogates", #""\ud7ff\ue000""#, "\u{D7FF}\u{E000}"),
            Accepted("an escaped noncharacter", #""\uffff""#, "\u{FFFF}"),
            Accepted("two backslashes before the end", #""a\\""#, "a\\"),
            Accepted("three backslashes and a quote", #""\\\"""#, "\\\""),
            Accepted("an escaped backslash before a u", #""\\u0041""#, "\\u0041"),
            Accepted("an escaped backslash before an n", #""\\n""#, "\\n"),
            Accepted("digits behind an escape", #""\u00411""#, "A1"),
            Accepted("every short escape in a row", #""\"\\\/\b\f\n\r\t""#, "\"\\/\u{08}\u{0C}\n\r\t"),
            Accepted("escapes in a name", #"{"\u0041\n\"":1}"#, ["A\n\"": 1]),
        ])
    func accepted(_ vector: Accepted) { vector.check() }

    @Test("every byte from 0x20 to 0x7F but the quote and the backslash stands for itself")
    func plainASCII() {
        for byte in 0x20...0x7F as ClosedRange<UInt8> where byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
            Accepted("\(byte)", bytes: quoted([byte]), .string(String(UnicodeScalar(byte)))).check()
        }
    }

    @Test("every byte below 0x20 must be escaped", arguments: 0x00...0x1F as ClosedRange<UInt8>)
    func controlCharacters(_ byte: UInt8) {
        Refused("alone", bytes: quoted([byte]), .controlCharacter, at: 1).check()
        Refused("behind others", bytes: joined("[\"abcdefghijk", [byte], "\"]"), .controlCharacter, at: 13).check()
        Refused("in a name", bytes: joined("{\"", [byte], "\":1}"), .controlCharacter, at: 2).check()
    }

    @Test("a backslash before any byte but the eight and u is refused")
    func unknownEscapes() {
        for byte in 0x00...0xFF as ClosedRange<UInt8> where !"\"\\/bfnrtu".utf8.contains(byte) {
            Refused("\\ and \(byte)", bytes: quoted(joined("\\", [byte])), .invalidEscape, at: 1).check()
            Refused("in a name", bytes: joined("{", quoted(joined("ab\\", [byte])), ":1}"), .invalidEscape, at: 4)
                .check()
        }
    }

    @Test("u before anything but four hexadecimal digits is refused")
    func badDigits() {
        for byte in 0x00...0xFF as ClosedRange<UInt8> where !UnicodeScalar(byte).properties.isASCIIHexDigit {
            for place in 0..<4 {
                var digits = Array("12aF".utf8)
                digits[place] = byte
                Refused(
                    "\(byte) as digit \(place)", bytes: quoted(joined("\\u", digits)), .invalidEscape, at: 3 + place
                )
                .check()
            }
        }
    }

    @Test(
        "not of the grammar are refused",
        arguments: [
            Refused("a quote alone", "\"", .unexpectedEnd, at: 1),
            Refused("not closed", "\"abc", .unexpectedEnd, at: 4),
            Refused("not closed, of eight bytes", "\"abcdefgh", .unexpectedEnd, at: 9),
            Refused("not closed before a bracket", "[\"abc]", .unexpectedEnd, at: 6),
            Refused("closed by an escaped quote only", #""abc\""#, .unexpectedEnd, at: 6),
            Refused("a backslash at the end of the text", #""\"#, .unexpectedEnd, at: 2),
            Refused("a backslash before the only closing quote", #"["\"]"#, .unexpectedEnd, at: 5),
            Refused("u at the end of the text", #""\u"#, .unexpectedEnd, at: 3),
            Refused("u and three digits at the end of the text", #""\u004"#, .unexpectedEnd, at: 6),
            Refused("u without digits", #""\u""#, .invalidEscape, at: 3),
            Refused("u with one digit", #""\u1""#, .invalidEscape, at: 4),
            Refused("u with three digits", #""\u123""#, .invalidEscape, at: 6),
            Refused("u with three digits and more text", #"["\u123","a"]"#, .invalidEscape, at: 7),
            Refused("u with braces", #""\u{41}""#, .invalidEscape, at: 3),
            Refused("u with a plus", #""\u+041""#, .invalidEscape, at: 3),
            Refused("u with 0x", #""\u0x41""#, .invalidEscape, at: 4),
            Refused("a capital U", #""\U00000041""#, .invalidEscape, at: 1),
            Refused("x", #""\x41""#, .invalidEscape, at: 1),
            Refused("a NUL of other notations", #""\0""#, .invalidEscape, at: 1),
            Refused("a vertical tab of other notations", #""\v""#, .invalidEscape, at: 1),
            Refused("an escaped single quote", #""\'""#, .invalidEscape, at: 1),
            Refused("an escaped line end", "\"\\\n\"", .invalidEscape, at: 1),
            Refused("an escape outside of a string", #"\"a""#, .unexpectedByte, at: 0),
        ])
    func refused(_ vector: Refused) { vector.check() }
}
