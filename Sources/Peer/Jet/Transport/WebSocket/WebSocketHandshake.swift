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
