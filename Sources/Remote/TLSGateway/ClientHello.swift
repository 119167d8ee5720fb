/// The message that a TLS client begins with, as far as the gateway reads it: which protocols and which server it asks for
/// (RFC 8446 §4.1.2, RFC 7301, RFC 6066 §3).
///
/// Anyone can send anything here, so the reader is strict: what does not have exactly the form of a ClientHello is an error.
struct ClientHello: Hashable, Sendable {
    /// The protocols that the client offers by ALPN, in its order.
    var protocols: [String] = []
    /// The server that it asks for.
    var serverName: String?

    /// How far the bytes of a connection go.
    enum Progress: Hashable, Sendable {
        /// The message is complete.
        case complete(ClientHello)
        /// Nothing more can be read before there are this many bytes in all.
        case incomplete(needed: Int)
    }

    /// Why bytes are not the beginning of a TLS connection.
    enum Problem: String, Error {
        case noHandshake = "it does not begin with a TLS handshake"
        case noClientHello = "the handshake does not begin with a ClientHello"
        case tooLong = "its ClientHello is too long"
        case malformed = "its ClientHello is malformed"
    }

    /// The longest ClientHello that is read, in bytes, including its records. Browsers send up to 2 KiB.
    static let longest = 16 << 10

    /// Reads the bytes that a connection begins with.
    ///
    /// The message can be divided between records, and the records between reads. Bytes behind it are not read.
    static func read(_ bytes: [UInt8]) throws(Problem) -> Progress {
        var message: [UInt8] = []
        var place = 0
        while true {
            // Every byte is checked as soon as it is there, so that a client that is no TLS client is not waited for.
            if place < bytes.count, bytes[place] != 22 { throw .noHandshake }
            if place + 1 < bytes.count, bytes[place + 1] != 3 { throw .noHandshake }
            guard place + 5 <= bytes.count else { return try incomplete(place + 5) }
            let length = Int(bytes[place + 3]) << 8 | Int(bytes[place + 4])
            guard length > 0, length <= 1 << 14 else { throw .malformed }
            let end = place + 5 + length
            if end > bytes.count, message.isEmpty, place + 5 < bytes.count, bytes[place + 5] != 1 {
                throw .noClientHello
            }
            guard end <= bytes.count else { return try incomplete(end) }
            guard end <= longest else { throw .tooLong }
            message += bytes[place + 5..<end]
            place = end
            guard message[0] == 1 else { throw .noClientHello }
            guard message.count >= 4 else { continue }
            let size = Int(message[1]) << 16 | Int(message[2]) << 8 | Int(message[3])
            guard size <= longest else { throw .tooLong }
            if message.count < 4 + size { continue }
            guard message.count == 4 + size else { throw .malformed }
            var fields = Fields(message[4...])
            return .complete(try ClientHello(&fields))
        }
    }

    private static func incomplete(_ needed: Int) throws(Problem) -> Progress {
        guard needed <= longest else { throw .tooLong }
        return .incomplete(needed: needed)
    }
}

// MARK: - The message

extension ClientHello {
    private init(_ fields: inout Fields) throws(Problem) {
        // The version and the random number.
        _ = try fields.take(2 + 32)
        guard try fields.vector(1).count <= 32 else { throw .malformed }
        let suites = try fields.vector(2).count
        guard suites >= 2, suites % 2 == 0 else { throw .malformed }
        guard try !fields.vector(1).isEmpty else { throw .malformed }
        // TLS 1.2 permits a ClientHello without extensions.
        guard !fields.isEmpty else { return }
        var extensions = Fields(try fields.vector(2))
        guard fields.isEmpty else { throw .malformed }
        var seen: Set<Int> = []
        while !extensions.isEmpty {
            let type = try extensions.number(2)
            var value = Fields(try extensions.vector(2))
            switch type {
            case 0: serverName = try Self.serverName(&value)
            case 16: protocols = try Self.protocols(&value)
            default: continue
            }
            guard value.isEmpty, seen.insert(type).inserted else { throw .malformed }
        }
    }

    private static func serverName(_ value: inout Fields) throws(Problem) -> String? {
        var names = Fields(try value.vector(2))
        // The only type of names is 0, a host name; there is at most one of a type.
        guard try names.number(1) == 0 else { throw .malformed }
        let name = try names.vector(2)
        guard names.isEmpty, (1...255).contains(name.count), name.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .malformed
        }
        return String(decoding: name, as: UTF8.self)
    }

    private static func protocols(_ value: inout Fields) throws(Problem) -> [String] {
        var names = Fields(try value.vector(2))
        var protocols: [String] = []
        repeat {
            let name = try names.vector(1)
            guard !name.isEmpty else { throw .malformed }
            // Values that are no text are reserved (RFC 8701), and are not ours.
            protocols.append(String(decoding: name, as: UTF8.self))
        } while !names.isEmpty
        return protocols
    }

    /// What is still to be read of a message.
    private struct Fields {
        private var rest: ArraySlice<UInt8>

        init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

        var isEmpty: Bool { rest.isEmpty }

        mutating func take(_ count: Int) throws(Problem) -> ArraySlice<UInt8> {
            guard rest.count >= count else { throw .malformed }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }

        /// A number of this many bytes.
        mutating func number(_ width: Int) throws(Problem) -> Int { try take(width).reduce(0) { $0 << 8 | Int($1) } }

        /// Bytes behind their length, which has `width` bytes.
        mutating func vector(_ width: Int) throws(Problem) -> ArraySlice<UInt8> { try take(try number(width)) }
    }
}
