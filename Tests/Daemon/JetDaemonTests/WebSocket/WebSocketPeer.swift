import JSONText
import JetProtocol
import Testing

/// A peer by WebSocket that does all of it by hand: the handshake, the frames, the masks.
final class WebSocketPeer {
    /// One frame, as it stands on the wire.
    struct Frame: Equatable, CustomStringConvertible {
        /// The first byte: whether it is the last one of its message, and what it is.
        let first: UInt8
        let payload: [UInt8]

        static func text(_ text: String) -> Frame { Frame(first: 0x81, payload: Array(text.utf8)) }
        static func ping(_ text: String) -> Frame { Frame(first: 0x89, payload: Array(text.utf8)) }
        static func pong(_ text: String) -> Frame { Frame(first: 0x8A, payload: Array(text.utf8)) }
        static func close(_ code: Int?) -> Frame {
            Frame(first: 0x88, payload: code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [])
        }

        var description: String {
            "\(String(first, radix: 16)): \(String(decoding: payload.prefix(200), as: UTF8.self))"
        }
    }

    /// What the daemon has answered to a request.
    struct Response {
        let status: Int
        /// By their names in small letters.
        let headers: [String: String]
    }

    let raw: RawPeer

    /// Connects, and shakes hands.
    convenience init(_ endpoint: Endpoint) throws {
        try self.init(raw: endpoint)
        let response = try request(Self.handshake())
        #expect(response.status == 101)
    }

    /// Goes on with a connection.
    init(over raw: RawPeer) { self.raw = raw }

    /// Connects only.
    init(raw endpoint: Endpoint, receiveBuffer: Int32? = nil) throws {
        raw = try RawPeer(endpoint, receiveBuffer: receiveBuffer)
    }

    // MARK: HTTP

    /// The key of RFC 6455, section 1.3, and what must come of it.
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    /// The header of an upgrade.
    static func handshake(
        _ subprotocols: String? = "jet", path: String = "/", version: Int = 13, host: String = "localhost",
        origin: String? = nil
    ) -> String {
        """
        GET \(path) HTTP/1.1\r
        Host: \(host)\r
        \(origin.map { "Origin: \($0)\r\n" } ?? "")\
        Upgrade: websocket\r
        Connection: keep-alive, Upgrade\r
        Sec-WebSocket-Key: \(key)\r
        Sec-WebSocket-Version: \(version)\r
        \(subprotocols.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? "")\r

        """
    }

    /// Writes a request and reads the header of the response.
    func request(_ text: String) throws -> Response {
        try raw.write(Array(text.utf8))
        return try response()
    }

    /// Reads the header of a response.
    func response() throws -> Response {
        var bytes: [UInt8] = []
        while !bytes.ends(with: "\r\n\r\n") { bytes += try raw.read(1) }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            headers[line[..<colon].lowercased()] = String(line[colon...].drop { $0 == ":" || $0 == " " })
        }
        return Response(status: Int(lines[0].split(separator: " ")[1]) ?? 0, headers: headers)
    }

    // MARK: Frames

    /// The bytes of a frame as a client sends it.
    static func bytes(_ frame: Frame, mask: [UInt8]? = [0x11, 0x80, 0xFF, 0x5A]) -> [UInt8] {
        let count = frame.payload.count
        var bytes = [frame.first]
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        switch count {
        case ...125: bytes += [maskBit | UInt8(count)]
        case ...65_535: bytes += [maskBit | 126] + Self.bigEndian(UInt16(count))
        default: bytes += [maskBit | 127] + Self.bigEndian(UInt64(count))
        }
        guard let mask else { return bytes + frame.payload }
        return bytes + mask + frame.payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    private static func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    func send(_ frame: Frame) throws { try raw.write(Self.bytes(frame)) }

    /// Sends a message in so many fragments.
    func send(_ message: String, inFragments count: Int, betweenThem frame: Frame? = nil) throws {
        let bytes = Array(message.utf8)
        for number in 0..<count {
            let piece = bytes[bytes.count * number / count..<bytes.count * (number + 1) / count]
            let isLast: UInt8 = number == count - 1 ? 0x80 : 0
            try send(Frame(first: isLast | (number == 0 ? 1 : 0), payload: Array(piece)))
            if isLast == 0, let frame { try send(frame) }
        }
    }

    /// Reads a frame, which must not be masked, and whose header must be the shortest.
    func hearFrame() throws -> Frame {
        let head = Array(try raw.read(2))
        var length = Int(head[1])
        #expect(length < 128, "what the daemon sends is not masked")
        if length == 126 {
            length = try raw.read(2).reduce(0) { $0 << 8 | Int($1) }
            #expect(length > 125)
        } else if length == 127 {
            length = try raw.read(8).reduce(0) { $0 << 8 | Int($1) }
            #expect(length > 65_535)
        }
        return Frame(first: head[0], payload: Array(try raw.read(length)))
    }

    // MARK: Messages

    func say(_ message: String) throws { try send(.text(message)) }

    /// Reads one message; answers pings that come before it.
    func hear() throws -> String {
        while true {
            let frame = try hearFrame()
            if frame.first == 0x89 {
                try send(Frame(first: 0x8A, payload: frame.payload))
                continue
            }
            #expect(frame.first == 0x81, "each message is one text frame")
            return String(decoding: frame.payload, as: UTF8.self)
        }
    }

    /// Writes a request and reads the response, which must be the next message that comes.
    func ask(_ message: String) throws -> String {
        try say(message)
        return try hear()
    }

    /// Reads a close frame with this code; then the daemon must close the connection.
    func expectEnd(_ code: Int?, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let frame = try hearFrame()
        #expect(frame == .close(code), sourceLocation: sourceLocation)
        let isAtEnd = try raw.isAtEnd()
        #expect(isAtEnd, sourceLocation: sourceLocation)
    }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
