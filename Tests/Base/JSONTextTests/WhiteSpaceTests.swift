import JSONText
import Testing

/// Four bytes are white space, wherever no token is cut: RFC 8259 section 2.
@Suite("White space")
struct WhiteSpaceTests {
    @Test(
        "is accepted",
        arguments: [
            Accepted("a space around", " 1 ", 1),
            Accepted("a tab around", "\t1\t", 1),
            Accepted("a line feed around", "\n1\n", 1),
            Accepted("a carriage return around", "\r1\r", 1),
            Accepted("all four, many times", " \t\n\r \t\n\r1\r\n\t \r\n\t ", 1),
            Accepted("in an empty array", "[ \t\n\r]", []),
            Accepted("in an empty object", "{ \t\n\r}", [:]),
            Accepted(
                "between all tokens", " { \"a\" \t:\n[ 1 ,\r\n2 ] , \"b\" : { } } ", ["a": [1, 2], "b": [:]]),
            Accepted("a line end behind a string", "\"a\"\r\n", "a"),
            Accepted("inside a string it is text", "\" a \"", " a "),
        ])
    func accepted(_ vector: Accepted) { vector.check() }

    @Test(
        "of any other kind is refused",
        arguments: [
            Refused("vertical tab", "\u{0B}1", .unexpectedByte, at: 0),
            Refused("form feed", "[\u{0C}]", .unexpectedByte, at: 1),
            Refused("form feed behind", "1\u{0C}", .trailingBytes, at: 1),
            Refused("backspace", "\u{08}1", .unexpectedByte, at: 0),
            Refused("escape", "\u{1B}[1]", .unexpectedByte, at: 0),
            Refused("unit separator", "[1,\u{1F}2]", .unexpectedByte, at: 3),
            Refused("next line, as one byte", bytes: [0x85, 0x31], .unexpectedByte, at: 0),
            Refused("next line U+0085", "\u{85}1", .unexpectedByte, at: 0),
            Refused("no-break space, as one byte", bytes: [0xA0, 0x31], .unexpectedByte, at: 0),
            Refused("no-break space U+00A0", "[\u{A0}1]", .unexpectedByte, at: 1),
            Refused("no-break space behind", "1\u{A0}", .trailingBytes, at: 1),
            Refused("line separator U+2028", "\u{2028}1", .unexpectedByte, at: 0),
            Refused("ideographic space U+3000", "\u{3000}1", .unexpectedByte, at: 0),
            Refused("zero-width space U+200B", "1\u{200B}", .trailingBytes, at: 1),
            Refused("written as an escape", #"\u0020 1"#, .unexpectedByte, at: 0),
        ])
    func refused(_ vector: Refused) { vector.check() }

    @Test(
        "inside a token is refused",
        arguments: [
            Refused("in a word", "tr ue", .unexpectedByte, at: 2),
            Refused("in a number", "1 000", .trailingBytes, at: 2),
            Refused("behind a minus", "- 1", .invalidNumber, at: 1),
            Refused("before the fraction", "1 .5", .trailingBytes, at: 2),
            Refused("behind the point", "1. 5", .invalidNumber, at: 2),
            Refused("in the exponent", "1e 5", .invalidNumber, at: 2),
            Refused("a tab in a string", "\"a\tb\"", .controlCharacter, at: 2),
            Refused("a line feed in a string", "\"a\nb\"", .controlCharacter, at: 2),
        ])
    func cutTokens(_ vector: Refused) { vector.check() }
}
