import JSONText
import Testing

/// Escaped surrogates: RFC 8259 section 8.2 leaves lone ones open; here they are refused, because a path that held one
/// could be compared with nothing.
@Suite("Surrogates")
struct SurrogateTests {
    @Test(
        "in pairs are one scalar",
        arguments: [
            Accepted("the first pair", #""\ud800\udc00""#, "\u{10000}"),
            Accepted("the last pair", #""\udbff\udfff""#, "\u{10FFFF}"),
            Accepted("an emoji", #""\ud83d\ude00""#, "😀"),
            Accepted("capital digits", #""\uD83D\uDE00""#, "😀"),
            Accepted("mixed digits", #""\uD83d\udE00""#, "😀"),
            Accepted("two pairs", #""\ud83d\ude00\ud834\udd1e""#, "😀\u{1D11E}"),
            Accepted("a pair between letters", #""a\ud83d\ude00b""#, "a😀b"),
            Accepted("a pair in a name", #"{"\ud83d\ude00":1}"#, ["😀": 1]),
            Accepted("a pair that is a noncharacter", #""\ud83f\udfff""#, "\u{1FFFF}"),
        ])
    func accepted(_ vector: Accepted) { vector.check() }

    @Test("every pair at the borders of planes is one scalar")
    func planes() {
        for plane in 1...16 as ClosedRange<UInt32> {
            for scalar in [plane << 16, plane << 16 | 0x3FF, plane << 16 | 0x400, plane << 16 | 0xFFFF] {
                let high = String(0xD800 + (scalar - 0x10000) >> 10, radix: 16)
                let low = String(0xDC00 + (scalar - 0x10000) & 0x3FF, radix: 16)
                let value = Unicode.Scalar(scalar).map { JSON.string(String($0)) } ?? nil
                Accepted("U+\(String(scalar, radix: 16))", #""\u\#(high)\u\#(low)""#, value).check()
            }
        }
    }

    @Test(
        "without their other half are refused",
        arguments: [
            Refused("high alone", #""\ud800""#, .loneSurrogate, at: 1),
            Refused("the last high alone", #""\udbff""#, .loneSurrogate, at: 1),
            Refused("low alone", #""\udc00""#, .loneSurrogate, at: 1),
            Refused("the last low alone", #""\udfff""#, .loneSurrogate, at: 1),
            Refused("capital digits", #""\uD800""#, .loneSurrogate, at: 1),
            Refused("reversed", #""\udc00\ud800""#, .loneSurrogate, at: 1),
            Refused("low twice", #""\udc00\udc00""#, .loneSurrogate, at: 1),
            Refused("the last low and a low", #""\udfff\udc00""#, .loneSurrogate, at: 1),
            Refused("high twice", #""\ud800\ud800""#, .loneSurrogate, at: 1),
            Refused("high before a pair", #""\ud800\ud83d\ude00""#, .loneSurrogate, at: 1),
            Refused("low behind a pair", #""\ud83d\ude00\ude00""#, .loneSurrogate, at: 13),
            Refused("high before a letter", #""\ud800a""#, .loneSurrogate, at: 1),
            Refused("high before six letters", #""\ud800abcdef""#, .loneSurrogate, at: 1),
            Refused("high before an escaped line feed", #""\ud800\n""#, .loneSurrogate, at: 1),
            Refused("high before an escaped quote", #""\ud800\"""#, .loneSurrogate, at: 1),
            Refused("high before an escaped backslash and a u", #""\ud800\\udc00""#, .loneSurrogate, at: 1),
            Refused("high before an escaped letter", #""\ud800\u0041""#, .loneSurrogate, at: 1),
            Refused("high before the scalar below the low ones", #""\ud800\udbff""#, .loneSurrogate, at: 1),
            Refused("high before the scalar above the low ones", #""\ud800\ue000""#, .loneSurrogate, at: 1),
            Refused("high and a low without its u", #""\ud800\dc00""#, .loneSurrogate, at: 1),
            Refused("high and a low of bad digits", #""\ud800\udcgg""#, .invalidEscape, at: 11),
            Refused("high and a low cut short", #""\ud800\udc0""#, .invalidEscape, at: 12),
            Refused("high and a low cut short by the end of the text", #""\ud800\udc0"#, .unexpectedEnd, at: 12),
            Refused("high at the end of the text", #""\ud800"#, .loneSurrogate, at: 1),
            Refused("high and a backslash at the end of the text", #""\ud800\"#, .loneSurrogate, at: 1),
            Refused("high and \\u at the end of the text", #""\ud800\u"#, .unexpectedEnd, at: 9),
            Refused("between letters", #""abcdefgh\udc00ijkl""#, .loneSurrogate, at: 9),
            Refused("high alone in a name", #"{"\ud800":1}"#, .loneSurrogate, at: 2),
            Refused("low alone in a name", #"{"a":1,"\udc00":1}"#, .loneSurrogate, at: 8),
            Refused("reversed in a name", #"{"\ude00\ud83d":1}"#, .loneSurrogate, at: 2),
        ])
    func refused(_ vector: Refused) { vector.check() }
}
