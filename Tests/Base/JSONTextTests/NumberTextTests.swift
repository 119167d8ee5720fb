import JSONText
import Testing

/// The grammar of numbers: RFC 8259 section 6.
@Suite("Numbers")
struct NumberTextTests {
    /// Texts that are numbers, alone, in an array, as a member, and before the end of each.
    static let valid = [
        "0", "-0", "1", "-1", "9", "10", "1234567890", "-987654321", "0.0", "-0.0", "0.5", "-0.25", "10.01", "1.000",
        "0.0000000000000000000000000000001", "1e0", "1E0", "1e5", "1E5", "1e+5", "1E+5", "1e-5", "1E-5", "0e0", "0E-0",
        "-0e+0", "1e00", "1e007", "1.5e3", "-1.5E-3", "0.1e1", "1.0e+10",
        "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "18446744073709551615", "18446744073709551616", "123456789012345678901234567890",
        "0.1234567890123456789012345678901234567890", "1e308", "1e309", "1e400", "-1e400", "1e-400",
        "1e99999999999999999999", "-1e-99999999999999999999", "0e99999999999999999999", "4.9e-324",
        "1.7976931348623157e308", "2.2250738585072011e-308",
    ]

    @Test("keep their digits", arguments: valid)
    func digitsAreKept(_ text: String) throws {
        for (before, behind) in [("", ""), (" ", "\n"), ("[", "]"), ("[1,", ",2]"), (#"{"a":"#, "}")] {
            let value = try JSON(parsing: before + text + behind)
            #expect(value.description == (before + text + behind).filter { !$0.isWhitespace })
            #expect((try? Readers.scan(Array((before + text + behind).utf8)).get()) != nil)
        }
    }

    @Test("of many digits are kept", arguments: [100, 1000, 100_000])
    func manyDigits(_ count: Int) throws {
        let nines = String(repeating: "9", count: count)
        for text in [nines, "-" + nines, "0." + nines, "1e" + nines, "1e-" + nines, "\(nines).\(nines)E+\(nines)"] {
            #expect(Readers.scan(Array(text.utf8)) == .success(ByteRange(0, text.utf8.count)))
            #expect(try JSON(parsing: text).description == text)
        }
    }

    @Test(
        "not of the grammar are refused",
        arguments: [
            Refused("minus alone", "-", .unexpectedEnd, at: 1),
            Refused("minus alone in an array", "[-]", .invalidNumber, at: 2),
            Refused("minus twice", "--1", .invalidNumber, at: 1),
            Refused("minus behind", "1-", .trailingBytes, at: 1),
            Refused("plus", "+1", .invalidNumber, at: 0),
            Refused("plus in an array", "[+1]", .invalidNumber, at: 1),
            Refused("plus and minus", "-+1", .invalidNumber, at: 1),
            Refused("leading zero", "01", .invalidNumber, at: 1),
            Refused("two zeros", "00", .invalidNumber, at: 1),
            Refused("leading zero below zero", "-01", .invalidNumber, at: 2),
            Refused("leading zero before a fraction", "00.5", .invalidNumber, at: 1),
            Refused("leading zero in an object", #"{"a":07}"#, .invalidNumber, at: 6),
            Refused("bare point", ".", .invalidNumber, at: 0),
            Refused("no digit before the point", ".5", .invalidNumber, at: 0),
            Refused("no digit before the point below zero", "-.5", .invalidNumber, at: 1),
            Refused("no digit behind the point", "1.", .unexpectedEnd, at: 2),
            Refused("no digit behind the point in an array", "[1.]", .invalidNumber, at: 3),
            Refused("no digit behind the point of zero", "[0.,1]", .invalidNumber, at: 3),
            Refused("no digit between point and exponent", "1.e5", .invalidNumber, at: 2),
            Refused("two points", "1.2.3", .trailingBytes, at: 3),
            Refused("two points together", "1..2", .invalidNumber, at: 2),
            Refused("empty exponent", "1e", .unexpectedEnd, at: 2),
            Refused("empty exponent in an array", "[1e]", .invalidNumber, at: 3),
            Refused("empty exponent with a plus", "[1e+]", .invalidNumber, at: 4),
            Refused("empty exponent with a minus", "1E-", .unexpectedEnd, at: 3),
            Refused("exponent with two signs", "1e+-1", .invalidNumber, at: 3),
            Refused("exponent twice", "1e5e5", .trailingBytes, at: 3),
            Refused("exponent twice together", "1ee5", .invalidNumber, at: 2),
            Refused("exponent with a fraction", "1e5.5", .trailingBytes, at: 3),
            Refused("exponent alone", "e5", .unexpectedByte, at: 0),
            Refused("exponent of zero without digits", "0e", .unexpectedEnd, at: 2),
            Refused("hexadecimal", "0x1F", .trailingBytes, at: 1),
            Refused("hexadecimal digits", "1F", .trailingBytes, at: 1),
            Refused("octal", "0o17", .trailingBytes, at: 1),
            Refused("binary", "0b1", .trailingBytes, at: 1),
            Refused("underscores", "1_000", .trailingBytes, at: 1),
            Refused("thousands", "[1'000]", .unexpectedByte, at: 2),
            Refused("with a unit", "12V", .trailingBytes, at: 2),
            Refused("with a suffix", "1n", .trailingBytes, at: 1),
            Refused("NaN", "NaN", .unexpectedByte, at: 0),
            Refused("nan", "nan", .unexpectedByte, at: 1),
            Refused("Infinity", "Infinity", .unexpectedByte, at: 0),
            Refused("minus Infinity", "-Infinity", .invalidNumber, at: 1),
            Refused("inf", "[inf]", .unexpectedByte, at: 1),
            Refused("full-width digit", "１", .unexpectedByte, at: 0),
            Refused("Arabic digit behind", "1\u{0661}", .trailingBytes, at: 1),
            Refused("mathematical minus", "\u{2212}1", .unexpectedByte, at: 0),
            Refused("a slash, the byte before 0", "[1/]", .unexpectedByte, at: 2),
            Refused("a colon, the byte behind 9", "[1:]", .unexpectedByte, at: 2),
            Refused("NUL behind the digits", "1\0", .trailingBytes, at: 1),
            Refused("byte 0x05, an e without its high bits", "1\u{05}1", .trailingBytes, at: 1),
        ])
    func refused(_ vector: Refused) { vector.check() }
}
