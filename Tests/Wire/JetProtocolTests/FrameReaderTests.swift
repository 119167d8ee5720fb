import JSONText
import TestSupport
import Testing

@testable import JetProtocol

/// A stream may bring its bytes in any pieces; the messages in it are the same.
@Suite("Frames")
struct FrameReaderTests {
    /// What a reader makes of a stream that comes in pieces.
    private func messages(in pieces: [[UInt8]], limit: Int = 1 << 16) throws(FrameError) -> [String] {
        var reader = FrameReader(limit: limit)
        var messages: [String] = []
        for piece in pieces {
            try reader.read(piece) { message in
                messages.append(message.string)
                return true
            }
        }
        return messages
    }

    private func frame(_ message: String) -> [UInt8] {
        var bytes: [UInt8] = []
        Frame.appendHeader(length: message.utf8.count, to: &bytes)
        return bytes + Array(message.utf8)
    }

    @Test("a header is four bytes, the highest first")
    func header() {
        var bytes: [UInt8] = []
        Frame.appendHeader(length: 0x0102_0304, to: &bytes)
        #expect(bytes == [1, 2, 3, 4])
        #expect(Frame.headerLength == 4)
    }

    @Test("several messages in one piece come in their order")
    func several() throws {
        #expect(try messages(in: [frame("one") + frame("two") + frame("three")]) == ["one", "two", "three"])
    }

    @Test("a stream that comes byte by byte brings the same messages")
    func byteByByte() throws {
        let stream = frame("one") + frame("") + frame("two")
        #expect(try messages(in: stream.map { [$0] }) == ["one", "two"])
    }

    @Test("any cut into pieces brings the same messages", arguments: [1, 2, 3, 4] as [UInt64])
    func anyCut(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<500 {
            let sent = (0..<Int.random(in: 0...8, using: &random)).map { number in
                String(repeating: "\(number)", count: Int.random(in: 0...40, using: &random))
            }
            let stream = sent.flatMap(frame)
            var pieces: [[UInt8]] = []
            var rest = stream[...]
            while !rest.isEmpty {
                // Many tiny pieces, some long ones, and now and then an empty one.
                let most = [0, 1, 2, 5, 60].randomElement(using: &random) ?? 1
                let size = Int.random(in: 0...most, using: &random)
                pieces.append(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            let expected = sent.filter { !$0.isEmpty }
            #expect(try messages(in: pieces) == expected, "seed \(seed), round \(round)")
        }
    }

    @Test("a zero length is ignored, however it is cut")
    func zeroLength() throws {
        let stream = frame("") + frame("a") + frame("") + frame("")
        #expect(try messages(in: [stream]) == ["a"])
        for cut in 0...stream.count {
            #expect(try messages(in: [Array(stream[..<cut]), Array(stream[cut...])]) == ["a"], "cut at \(cut)")
        }
    }

    @Test("a message of exactly the limit is read, one byte more is refused")
    func limit() throws {
        #expect(try messages(in: [frame("12345")], limit: 5) == ["12345"])
        #expect(throws: FrameError(length: 6, limit: 5)) { try messages(in: [frame("123456")], limit: 5) }
    }

    @Test("a header beyond the limit is refused before anything of its message is kept", arguments: 0...4)
    func beyondTheLimit(cut: Int) throws {
        // The largest length there is, behind a message that still counts.
        let stream = frame("first") + [0xFF, 0xFF, 0xFF, 0xFF] + Array(repeating: 0x20, count: 1000)
        let headerStart = frame("first").count
        var reader = FrameReader(limit: 100)
        var messages: [String] = []
        #expect(throws: FrameError(length: 0xFFFF_FFFF, limit: 100)) {
            try reader.read(Array(stream[..<(headerStart + cut)])) { message in
                messages.append(message.string)
                return true
            }
            try reader.read(Array(stream[(headerStart + cut)...])) { _ in true }
        }
        #expect(messages == ["first"])
        #expect(reader.buffered <= Frame.headerLength)
    }

    @Test("a header that claims much costs only what came")
    func largeClaim() throws {
        var reader = FrameReader(limit: Int(UInt32.max))
        let header: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFE]
        try reader.read(header) { _ in true }
        #expect(reader.buffered == 4)
        let some = Array(repeating: UInt8(ascii: " "), count: 10)
        try reader.read(some) { _ in true }
        #expect(reader.buffered == 14)
    }

    @Test("nothing is kept of messages that came whole")
    func wholeMessages() throws {
        var reader = FrameReader(limit: 100)
        let stream = frame("one") + frame("two")
        try reader.read(stream) { _ in true }
        #expect(reader.buffered == 0)
        let half = frame("three").prefix(6)
        try reader.read(Array(half)) { _ in true }
        #expect(reader.buffered == 6)
        let rest = frame("three").dropFirst(6)
        try reader.read(Array(rest)) { _ in true }
        #expect(reader.buffered == 0)
    }

    @Test("a reader that has seen enough gets no more of what came", arguments: [0, 2, 5])
    func stop(cut: Int) throws {
        let stream = frame("one") + frame("two") + frame("three")
        var reader = FrameReader(limit: 100)
        var messages: [String] = []
        func take(_ message: RawSpan) -> Bool {
            messages.append(message.string)
            return false
        }
        for piece in [stream[..<cut], stream[cut...]] { try reader.read(Array(piece), take) }
        #expect(messages == ["one"])
        #expect(reader.buffered == 0)
    }

    @Test("a reader that stopped says how far it came, and goes on from there", arguments: 0...24)
    func goOn(cut: Int) throws {
        let stream = frame("one") + frame("two") + frame("") + frame("three")
        var reader = FrameReader(limit: 100)
        var messages: [String] = []
        for piece in [stream[..<cut], stream[cut...]] {
            var rest = Array(piece)
            while !rest.isEmpty {
                let count = try reader.read(rest) { message in
                    messages.append(message.string)
                    return false
                }
                #expect(count > 0)
                rest.removeFirst(count)
            }
        }
        #expect(messages == ["one", "two", "three"])
        #expect(reader.buffered == 0)
    }
}

extension FrameReader {
    @discardableResult
    fileprivate mutating func read(_ piece: [UInt8], _ body: (RawSpan) -> Bool) throws(FrameError) -> Int {
        let bytes = piece.span.bytes
        return try read(bytes, body)
    }
}
