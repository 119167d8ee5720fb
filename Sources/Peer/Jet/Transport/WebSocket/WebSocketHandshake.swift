import Digests
import JSONText
import JetProtocol
import NIOCore

/// The *handshake of a WebSocket* as a client makes it (RFC 6455, section 4.1), with the subprotocol `jet`.
struct WebSocketHandshake {
    /// The longest response that is read, in bytes.
    private static let longest = 16 << 10

    private let host: String
    private let key: String
    private var response: [UInt8] = []

    /// - Parameter host: The host with its port.
    init(host: String) {
        self.host = host
        key = Base64.encode((0..<16).map { _ in UInt8.random(in: 0...255) })
    }

    /// The request.
    var request: [UInt8] {
        Array(
            ("GET / HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: \(key)\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: jet\r\n\r\n").utf8)
    }

    /// The error if the connection ends now.
    var ended: DaemonMismatch {
        guard let head = head else { return .hungUp(during: "the handshake of the WebSocket") }
        return refusal(head.lines, body: Array(response[head.end...]))
    }

    /// Reads the response.
    ///
    /// - Returns: What has arrived behind it, when it is complete and good; `nil` if it is not complete.
    /// - Throws: What is wrong with it.
    mutating func read(_ input: inout ByteBuffer) throws(DaemonMismatch) -> ByteBuffer? {
        response += input.readBytes(length: input.readableBytes) ?? []
        if response.starts(with: [0x15, 0x03]) { throw .speaksTLS }
        guard "HTTP/".utf8.starts(with: response.prefix(5)) || response.starts(with: "HTTP/".utf8) else {
            throw .speaksNoHTTP
        }
        guard response.count <= Self.longest else { throw .refuses(status: "a response that is too long") }
        guard let head = head else { return nil }
        guard head.lines.first?.split(separator: " ").dropFirst().first == "101" else {
            // The reason is in the body, if it is the daemon that refuses.
            let body = response[head.end...]
            if let length = Self.value("content-length", head.lines).flatMap({ Int($0) }), body.count < length {
                return nil
            }
            throw refusal(head.lines, body: Array(body))
        }
        guard Self.value("sec-websocket-accept", head.lines) == WebSocketAccept.value(for: key),
            Self.value("sec-websocket-protocol", head.lines) == "jet"
        else { throw .refuses(status: "a WebSocket without the subprotocol 'jet'") }
        return ByteBuffer(bytes: response[head.end...])
    }

    /// The lines of the response's head, and where it ends.
    private var head: (lines: [Substring], end: Int)? {
        let end = Array("\r\n\r\n".utf8)
        guard response.count >= end.count,
            let at = (0...response.count - end.count).first(where: { response[$0..<$0 + 4].elementsEqual(end) })
        else { return nil }
        let text = String(decoding: response[..<at], as: UTF8.self)
        return (text.split(separator: "\r\n", omittingEmptySubsequences: false), at + end.count)
    }

    private static func value(_ name: String, _ lines: [Substring]) -> String? {
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name else { continue }
            var value = line[line.index(after: colon)...]
            while value.first == " " || value.first == "\t" { value.removeFirst() }
            while value.last == " " || value.last == "\t" { value.removeLast() }
            return String(value)
        }
        return nil
    }

    /// The error for a response that is no agreement.
    private func refusal(_ lines: [Substring], body: [UInt8]) -> DaemonMismatch {
        if let message = try? JSON(parsing: body), let error = message["error"] {
            return .refusedByDaemon(JetError(ErrorObject(from: error)))
        }
        // It may be a stranger's: one line of plain text.
        let status = lines.first ?? ""
        let printable = String(String.UnicodeScalarView(status.unicodeScalars.prefix(100).filter { $0.value >= 32 }))
        let code = status.split(separator: " ").dropFirst().first ?? ""
        return ["502", "503", "504"].contains(code) ? .unavailable(status: printable) : .refuses(status: printable)
    }
}

/// The proof that a server has read the key of a handshake: SHA-1 of key and a constant (RFC 6455, section 4.2.2). It is no
/// secret, and SHA-1 is not used for anything else.
enum WebSocketAccept {
    /// The header's value for a key.
    static func value(for key: String) -> String {
        Base64.encode(hash(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    /// SHA-1 (FIPS 180-4, section 6.1).
    private static func hash(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        var bytes = message + [0x80]
        while bytes.count % 64 != 56 { bytes.append(0) }
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: UInt64(message.count * 8) >> (56 - 8 * $0)) }
        for block in stride(from: 0, to: bytes.count, by: 64) {
            var schedule = (0..<16).map { word in
                bytes[block + 4 * word..<block + 4 * word + 4].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            }
            for index in 16..<80 {
                let word = schedule[index - 3] ^ schedule[index - 8] ^ schedule[index - 14] ^ schedule[index - 16]
                schedule.append(rotate(word, 1))
            }
            var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
            for index in 0..<80 {
                let (function, constant): (UInt32, UInt32) =
                    switch index {
                    case ..<20: (b & c | ~b & d, 0x5A82_7999)
                    case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                    case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
                    default: (b ^ c ^ d, 0xCA62_C1D6)
                    }
                let next = rotate(a, 5) &+ function &+ e &+ constant &+ schedule[index]
                (e, d, c, b, a) = (d, c, rotate(b, 30), a, next)
            }
            for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}
