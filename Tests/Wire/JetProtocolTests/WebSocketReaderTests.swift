import JetProtocol
import TestSupport
import Testing

/// What a WebSocket client sends, read in pieces of any size.
@Suite("WebSocket frames")
struct WebSocketReaderTests {
    /// What a reader has found, written down: `message:...`, `ping:...`.
    static func read(_ bytes: [UInt8], by reader: inout WebSocketReader) throws(WebSocketError) -> [String] {
        var found: [String] = []
        try reader.read(bytes.span.bytes) { kind, payload in
            found.append("\(kind):" + payload.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
            return true
        }
        return found
    }

    /// A masked frame.
    static func frame(_ first: UInt8, _ text: String, mask: [UInt8] = [1, 0, 0xFE, 0x80]) -> [UInt8] {
        var bytes = [UInt8](unsafeUninitializedCapacity: WebSocketFrame.longestHeader) { buffer, count in
            let base = UnsafeMutableRawBufferPointer(buffer).baseAddress
            guard let base else { return }
            WebSocketFrame.putHeader(length: text.utf8.count, at: base)
            count = WebSocketFrame.headerLength(of: text.utf8.count)
        }
        bytes[0] = first
        bytes[1] |= 0x80
        return bytes + mask + text.utf8.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    /// A conversation with all that can come.
    static let stream =
        frame(0x81, "{}") + frame(0x01, "{\"a\":") + frame(0x89, "?") + frame(0x00, "") + frame(0x80, "1}")
        + frame(0x8A, "") + frame(0x82, "[]") + frame(0x81, "") + frame(0x81, String(repeating: "é", count: 100))
        + frame(0x88, "\u{3}")
    static let found = [
        "message:{}", "ping:?", "message:{\"a\":1}", "pong:", "message:[]",
        "message:" + String(repeating: "é", count: 100), "close:\u{3}",
    ]

    @Test("frames are found however they are cut into pieces")
    func pieces() throws {
        for size in 1...Self.stream.count {
            var reader = WebSocketReader(limit: 1000)
            var found: [String] = []
            for start in stride(from: 0, to: Self.stream.count, by: size) {
                let piece = Array(Self.stream[start..<min(start + size, Self.stream.count)])
                found += try Self.read(piece, by: &reader)
            }
            #expect(found == Self.found, "pieces of \(size) bytes")
            #expect(reader.buffered == 0)
            #expect(!reader.isWithinFrame)
        }
    }

    @Test("reading stops where it is told to, and goes on there")
    func stopping() throws {
        var reader = WebSocketReader(limit: 1000)
        var (at, count) = (0, 0)
        while at < Self.stream.count {
            let rest = Array(Self.stream[at...])
            at += try reader.read(rest.span.bytes) { _, _ in
                count += 1
                return false
            }
        }
        #expect(count == Self.found.count)
    }

    @Test("what is announced takes no memory, what comes does; the limit is over all fragments")
    func limit() throws {
        var reader = WebSocketReader(limit: 10)
        _ = try Self.read(Self.frame(0x01, "12345"), by: &reader)
        _ = try Self.read(Array(Self.frame(0x00, "6789").dropLast(2)), by: &reader)
        #expect(reader.buffered == 7)
        #expect(reader.isWithinFrame)
        _ = try Self.read([0, 0], by: &reader)
        #expect(throws: WebSocketError.tooLong(length: 11, limit: 10)) {
            // The header is enough.
            try Self.read(Array(Self.frame(0x80, "ab").prefix(6)), by: &reader)
        }
    }

    @Test("the longest length there is overflows nothing")
    func longest() {
        var reader = WebSocketReader(limit: 10)
        #expect(throws: WebSocketError.tooLong(length: .max, limit: 10)) {
            _ = try Self.read(Self.frame(0x01, "1"), by: &reader)
            _ = try Self.read([0x80, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 11), by: &reader)
        }
    }

    @Test("a header takes 2, 4 or 10 bytes", arguments: [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)])
    func headers(length: Int, count: Int) {
        #expect(WebSocketFrame.headerLength(of: length) == count)
    }

    @Test("random bytes are read or refused", arguments: 1...200)
    func garbage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var reader = WebSocketReader(limit: 1000)
        var bytes = Self.stream
        for _ in 0..<3 { bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random) }
        _ = try? Self.read(bytes, by: &reader)
        #expect(reader.buffered <= 1000)
    }

    @Test("a close frame holds a code that may be sent, and a reason, or nothing")
    func closeCodes() throws {
        func code(_ bytes: [UInt8]) throws -> UInt16? { try WebSocketCloseCode.read(bytes.span.bytes)?.number }
        #expect(try code([]) == nil)
        #expect(try code([3, 0xE8]) == 1000)
        #expect(try code([0x0F, 0xA0] + Array("bye".utf8)) == 4000)
        #expect(throws: WebSocketError.invalidText) { try code([3, 0xE8, 0xC0]) }
        for bytes in [[3], [3, 0xE7], [3, 0xEC], [3, 0xED], [3, 0xEE], [3, 0xF7], [0xFF, 0xFF]] as [[UInt8]] {
            #expect(throws: WebSocketError.self, "\(bytes)") { try code(bytes) }
        }
    }
}
