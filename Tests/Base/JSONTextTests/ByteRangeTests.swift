import JSONText
import Testing

/// `ByteRange` and the small helpers on raw bytes.
@Suite("Byte ranges")
struct ByteRangeTests {
    @Test("a range says where it begins, ends and how long it is")
    func measures() {
        let range = ByteRange(3, 10)
        #expect((range.start, range.end, range.count) == (3, 10, 7))
        #expect((range.lower, range.upper) == (3, 10))
        #expect(!range.isEmpty)
        #expect(ByteRange(5, 5).isEmpty)
        #expect(ByteRange(5, 5).count == 0)
        #expect(ByteRange(0, Int(UInt32.max)).count == Int(UInt32.max))
        #expect(range == ByteRange(3, 10))
        #expect(Set([range, ByteRange(3, 10), ByteRange(3, 11)]).count == 2)
        #expect(MemoryLayout<ByteRange>.size == 8)
    }

    @Test("a range takes its bytes out of a text")
    func bytesOfRange() {
        let text = Array("network/eth0".utf8)
        let bytes = text.span.bytes
        func array(_ range: ByteRange) -> [UInt8] { range.of(bytes).array }
        #expect(array(ByteRange(8, 12)) == Array("eth0".utf8))
        #expect(array(ByteRange(0, 12)) == text)
        #expect(array(ByteRange(12, 12)).isEmpty)
    }

    @Test("bytes compare with text of the program")
    func comparisons() {
        let text = Array("network/eth0".utf8)
        func equals(_ other: StaticString, from start: Int = 0, to end: Int = 12) -> Bool {
            text.span.bytes.extracting(start..<end).elementsEqual(other)
        }
        func starts(_ prefix: StaticString) -> Bool { text.span.bytes.startsWith(prefix) }
        #expect(equals("network/eth0"))
        #expect(!equals("network/eth"))
        #expect(!equals("network/eth1"))
        #expect(!equals("network/eth01"))
        #expect(starts("network/"))
        #expect(starts(""))
        #expect(starts("network/eth0"))
        #expect(!starts("network/eth01"))
        #expect(!starts("Network"))
        #expect(equals("", to: 0))
        #expect(equals("n", to: 1))
    }

    @Test("bytes that are no UTF-8 become replacement characters")
    func notUTF8() {
        let text: [UInt8] = [0x61, 0xFF, 0x62]
        #expect(text.span.bytes.string == "a\u{FFFD}b")
    }

    @Test("an error says what is wrong and where, in one line")
    func errors() {
        #expect(JSONError(.invalidNumber, at: 7).description == "invalid number at byte 7")
        #expect("\(JSONError(.unexpectedEnd, at: 0))" == "unexpected end of the text at byte 0")
        #expect(JSONError(.tooDeep, at: 1) != JSONError(.tooDeep, at: 2))
        #expect(JSONError(.tooDeep, at: 1) != JSONError(.tooLong, at: 1))
    }
}
