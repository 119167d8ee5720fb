/// Builds ClientHello messages for tests.
struct HelloBuilder {
    var sessionID: [UInt8] = Array(repeating: 7, count: 32)
    var suites: [UInt8] = [0x13, 0x01, 0x13, 0x02]
    /// Types and contents.
    var extensions: [(type: Int, content: [UInt8])] = []
    var hasExtensions = true

    /// One as clients send it, with these protocols and this server name.
    static func usual(protocols: [String] = [], serverName: String? = nil) -> HelloBuilder {
        var builder = HelloBuilder()
        // A reserved one (RFC 8701), and the versions.
        builder.extensions = [(0x1A1A, []), (43, [2, 3, 4])]
        if let serverName { builder.extensions.append((0, vector(2, [0] + vector(2, Array(serverName.utf8))))) }
        if !protocols.isEmpty {
            builder.extensions.append((16, vector(2, protocols.flatMap { vector(1, Array($0.utf8)) })))
        }
        return builder
    }

    /// The handshake message.
    var message: [UInt8] {
        var body: [UInt8] = [3, 3] + Array(repeating: 9, count: 32)
        body += Self.vector(1, sessionID) + Self.vector(2, suites) + [1, 0]
        if hasExtensions {
            body += Self.vector(2, extensions.flatMap { Self.number($0.type, 2) + Self.vector(2, $0.content) })
        }
        return [1] + Self.vector(3, body)
    }

    /// The message in records of at most `size` bytes.
    func records(of size: Int = 1 << 14) -> [UInt8] { Self.records(message, of: size) }

    static func records(_ message: [UInt8], of size: Int = 1 << 14) -> [UInt8] {
        stride(from: 0, to: message.count, by: size).flatMap { start in
            [22, 3, 1] + vector(2, Array(message[start..<min(start + size, message.count)]))
        }
    }

    static func vector(_ width: Int, _ bytes: [UInt8]) -> [UInt8] { number(bytes.count, width) + bytes }

    static func number(_ number: Int, _ width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(number >> (8 * $0) & 0xFF) }
    }
}
