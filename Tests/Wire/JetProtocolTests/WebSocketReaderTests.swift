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
    static func frame(_ first: UInt8, _ text: String) -> [UInt8] { frame(first, Array(text.utf8)) }

    /// A masked frame.
    static func frame(_ first: UInt8, _ payload: [UInt8], mask: [UInt8] = [1, 0, 0xFE, 0x80]) -> [UInt8] {
        var bytes = [UInt8](unsafeUninitializedCapacity: WebSocketFrame.longestHeader) { buffer, count in
            let base = UnsafeMutableRawBufferPointer(buffer).baseAddress
            guard let base else { return }
            WebSocketFrame.putHeader(length: payload.count, at: base)
            count = WebSocketFrame.headerLength(of: payload.count)
        }
        bytes[0] = first
        bytes[1] |= 0x80
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
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

    @Test("text must be UTF-8, binary messages may be anything")
    func text() throws {
        for text in [
            "a", "12345678", "1234567é", "1234567€", "é2345678", "12345678😀", String(repeating: "日本", count: 99),
        ] {
            var reader = WebSocketReader(limit: 1000)
            #expect(try Self.read(Self.frame(0x81, text), by: &reader) == ["message:" + text])
        }
        let broken: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xC3],
            [0xE2, 0x82], [0xFF],
        ]
        for bytes in broken {
            for (before, after) in [(0, 0), (7, 0), (8, 8), (5, 30)] {
                let payload =
                    Array(repeating: UInt8(ascii: "x"), count: before) + bytes + Array(repeating: 0x22, count: after)
                var reader = WebSocketReader(limit: 1000)
                #expect(throws: WebSocketError.invalidText) { try Self.read(Self.frame(0x81, payload), by: &reader) }
                var other = WebSocketReader(limit: 1000)
                #expect(try Self.read(Self.frame(0x82, payload), by: &other).count == 1)
            }
        }
        #expect(WebSocketError.invalidText.closeCode.number == 1007)
    }

    @Test("a character may be split across fragments, with control frames between them")
    func splitText() throws {
        let text = Array("x😀é".utf8)
        for cut in 0...text.count {
            let fragments =
                Self.frame(0x01, Array(text[..<cut])) + Self.frame(0x89, [0xFF]) + Self.frame(0x00, [])
                + Self.frame(0x80, Array(text[cut...]))
            for size in [1, 3, fragments.count] {
                var reader = WebSocketReader(limit: 1000)
                var found: [String] = []
                for start in stride(from: 0, to: fragments.count, by: size) {
                    found += try Self.read(Array(fragments[start..<min(start + size, fragments.count)]), by: &reader)
                }
                #expect(found == ["ping:\u{FFFD}", "message:x😀é"])
            }
        }
        // Each fragment is UTF-8 only with the next one, or even then not.
        var reader = WebSocketReader(limit: 1000)
        #expect(throws: WebSocketError.invalidText) {
            try Self.read(
                Self.frame(0x01, [0x22, 0xC3]) + Self.frame(0x8A, "") + Self.frame(0x80, [0x22]), by: &reader)
        }
        // The first fragment says whether a message is text.
        var binary = WebSocketReader(limit: 1000)
        #expect(try Self.read(Self.frame(0x02, [0xC3]) + Self.frame(0x80, [0x22]), by: &binary).count == 1)
        var mixed = WebSocketReader(limit: 1000)
        #expect(throws: WebSocketError.invalidText) {
            try Self.read(Self.frame(0x82, [0xC3]) + Self.frame(0x81, [0xC3]), by: &mixed)
        }
    }

    @Test("a length must be in its shortest form")
    func shortestForm() throws {
        func frame(_ length: [UInt8], _ count: Int) -> [UInt8] {
            [0x81] + length + [0, 0, 0, 0] + Array(repeating: UInt8(ascii: "x"), count: count)
        }
        for (length, count) in [
            ([0xFE, 0, 5], 5), ([0xFE, 0, 125], 125), ([0xFE, 0, 0], 0), ([0xFF, 0, 0, 0, 0, 0, 0, 0, 5], 5),
            ([0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 65_535),
        ] as [([UInt8], Int)] {
            var reader = WebSocketReader(limit: 100_000)
            let error = #expect(throws: WebSocketError.self) { try Self.read(frame(length, count), by: &reader) }
            #expect(error == .violation("the length is in a longer form than needed"))
            #expect(error?.closeCode.number == 1002)
        }
        for (length, count) in [
            ([0x85], 5), ([0xFE, 0, 126], 126), ([0xFF, 0, 0, 0, 0, 0, 1, 0, 0], 65_536),
        ] as [([UInt8], Int)] {
            var reader = WebSocketReader(limit: 100_000)
            #expect(try Self.read(frame(length, count), by: &reader).count == 1)
        }
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
