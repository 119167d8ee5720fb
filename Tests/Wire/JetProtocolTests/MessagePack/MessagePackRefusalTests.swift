import JSONText
import JetProtocol
import TestSupport
import Testing

/// What is no message, and where that is found out.
@Suite("MessagePack that is refused")
struct MessagePackRefusalTests {
    typealias Refusal = MessagePackError.Reason

    static func refusal(of message: [UInt8], limit: Int = 1 << 24) -> MessagePackError? {
        var text: [UInt8] = []
        do throws(MessagePackError) {
            try MessagePackReader.appendJSON(of: message.span.bytes, limit: limit, to: &text)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "says why and where",
        arguments: [
            ("", .unexpectedEnd, 0),
            // Never used.
            ("c1", .reserved, 0), ("92 01 c1", .reserved, 2),
            // ext 8, 16, 32 and fixext 1, 2, 4, 8, 16; fixext 4 of type -1 is a timestamp.
            ("c7 01 05 00", .extensionType, 0), ("c8 0001 05 00", .extensionType, 0),
            ("c9 00000001 05 00", .extensionType, 0), ("d4 05 00", .extensionType, 0),
            ("d5 05 0000", .extensionType, 0), ("d6 ff 00000000", .extensionType, 0),
            ("d7 05 0000000000000000", .extensionType, 0), ("d8 05", .extensionType, 0),
            // NaN and infinities, float 32 and 64.
            ("ca 7fc00000", .notFinite, 0), ("ca 7f800000", .notFinite, 0), ("ca ff800000", .notFinite, 0),
            ("cb 7ff8000000000000", .notFinite, 0), ("91 cb 7ff0000000000000", .notFinite, 1),
            ("cb fff0000000000000", .notFinite, 0),
            // Strings and binary data that are no UTF-8: a byte of no sequence, an overlong one, a surrogate, cut short.
            ("a1 ff", .invalidUTF8, 1), ("a2 c080", .invalidUTF8, 1), ("a3 eda080", .invalidUTF8, 1),
            ("a2 e282", .invalidUTF8, 1), ("c4 01 80", .invalidUTF8, 2), ("91 d9 01 fe", .invalidUTF8, 3),
            // Keys.
            ("81 c0 01", .invalidKey, 1), ("81 c3 01", .invalidKey, 1), ("81 90 01", .invalidKey, 1),
            ("81 80 01", .invalidKey, 1), ("81 cb 3ff0000000000000 01", .invalidKey, 1),
            ("82 a161 01 c2 01", .invalidKey, 4), ("81 c1 01", .reserved, 1), ("81 d4 05 00 01", .extensionType, 1),
            ("81 a1 ff 01", .invalidUTF8, 2),
            // One message is one value. JSON text is one, too, and more behind it.
            ("c0 c0", .trailingBytes, 1), ("90 00", .trailingBytes, 1), ("7b 7d", .trailingBytes, 1),
        ] as [(String, Refusal, Int)])
    func refused(hex: String, reason: Refusal, offset: Int) {
        let error = Self.refusal(of: [UInt8](hex: hex))
        #expect(error?.reason == reason)
        #expect(error?.offset == offset)
    }

    @Test(
        "claims more than is there",
        arguments: [
            "dd ffffffff", "dc ffff c0", "9f", "93 c0 c0", "df ffffffff", "de ffff", "81 a0", "82 a0 c0 a0", "8f",
            "db ffffffff", "da ffff 61", "d9 02 61", "bf", "c6 ffffffff", "c5 0001", "c4 01",
            "cc", "cd 00", "ce 000000", "cf 00000000000000", "d0", "d1 00", "d2 000000", "d3 00000000000000",
            "ca 000000", "cb 00000000000000", "dd 0000", "dc", "df 000000", "de 00", "db 00", "da", "d9",
        ])
    func lyingLengths(hex: String) {
        #expect(Self.refusal(of: [UInt8](hex: hex))?.reason == .unexpectedEnd)
    }

    @Test("claims more than is there, again and again: that costs no memory, for nothing is reserved")
    func manyLyingLengths() {
        // Arrays in arrays: each of them could be as long as it says, if the others were shorter.
        let message =
            Array(repeatElement([0xDC, 0x04, 0x00] as [UInt8], count: 128).joined())
            + [UInt8](repeating: 0, count: 2000)
        #expect(Self.refusal(of: message)?.reason == .unexpectedEnd)
    }

    @Test("is longer in JSON than the limit, by values, by strings or by what escapes make of them")
    func tooLong() {
        let nulls = [0xDC, 0x00, 0x64] + [UInt8](repeating: 0xC0, count: 100)
        #expect(Self.refusal(of: nulls, limit: 501) == nil)
        #expect(Self.refusal(of: nulls, limit: 500)?.reason == .tooLong)
        let plain = [0xD9, 100] + [UInt8](repeating: 0x61, count: 100)
        #expect(Self.refusal(of: plain, limit: 102) == nil)
        #expect(Self.refusal(of: plain, limit: 101)?.reason == .tooLong)
        let escaped = [0xD9, 100] + [UInt8](repeating: 0x01, count: 98) + [0x0A, 0x22]
        #expect(Self.refusal(of: escaped, limit: 594) == nil)
        #expect(Self.refusal(of: escaped, limit: 593)?.reason == .tooLong)
        let brackets = [UInt8](repeating: 0x91, count: 100) + [0x90]
        #expect(Self.refusal(of: brackets, limit: 202) == nil)
        #expect(Self.refusal(of: brackets, limit: 201)?.reason == .tooLong)
    }

    @Test("is told to its sender by its first 512 bytes, in hexadecimal digits")
    func parseError() {
        let error = ErrorObject.parseError(ofMessagePack: [UInt8](hex: "000fc1ff").span.bytes)
        #expect(error.code == .parseError)
        #expect(error.message == "Parse error")
        #expect(error.data == Array(#""000fc1ff""#.utf8))
        let long = ErrorObject.parseError(ofMessagePack: [UInt8](repeating: 0xC1, count: 10_000).span.bytes)
        #expect(long.data?.count == 1024 + 2)
    }
}
