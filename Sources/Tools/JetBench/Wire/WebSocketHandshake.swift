import Glibc
import JetProtocol

/// The *handshake of a WebSocket*, as a client does it (RFC 6455, section 4.1).
enum WebSocketHandshake {
    /// Asks for an upgrade with the subprotocol `jet`, and reads the answer.
    ///
    /// The daemon's proof that it has read our key is not looked at: what comes behind it shows what it has understood.
    ///
    /// - Returns: What came behind the answer already.
    static func shake(on descriptor: Int32, host: String, _ endpoint: Endpoint) throws(BenchError) -> [UInt8] {
        let host = host.contains(":") ? "[\(host)]" : host
        let request =
            "GET / HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: \(key())\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: jet\r\n\r\n"
        let bytes = Array(request.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw .cannotConnect(endpoint, reason: systemError())
        }
        let (answer, rest) = try answer(on: descriptor, endpoint)
        let status = answer.prefix { $0 != "\r\n" }
        guard status.hasPrefix("HTTP/1.1 101") else {
            throw .cannotConnect(
                endpoint, reason: "it does not accept WebSocket connections for Jet; its response is '\(status)'")
        }
        return rest
    }

    private static func answer(
        on descriptor: Int32, _ endpoint: Endpoint
    ) throws(BenchError) -> (header: String, rest: [UInt8]) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        let end = Array("\r\n\r\n".utf8)
        while bytes.count < 16 << 10 {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else {
                let reason = count == 0 ? "it closed the connection" : "it did not answer the handshake"
                throw .cannotConnect(endpoint, reason: reason)
            }
            bytes += buffer[..<count]
            if let header = firstIndex(of: end, in: bytes) {
                let end = header + end.count
                return (String(decoding: bytes[..<end], as: UTF8.self), Array(bytes[end...]))
            }
        }
        throw .cannotConnect(endpoint, reason: "its response to the handshake is too long")
    }

    private static func firstIndex(of part: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= part.count else { return nil }
        return (0...bytes.count - part.count).first { bytes[$0..<$0 + part.count].elementsEqual(part) }
    }

    /// Sixteen random bytes in base 64.
    private static func key() -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        // 16 bytes are 21 digits, and one whose four lower bits are zero.
        var text = (0..<21).map { _ in digits[Int.random(in: 0..<64)] }
        text.append(digits[Int.random(in: 0..<4) << 4])
        return String(decoding: text, as: UTF8.self) + "=="
    }
}
