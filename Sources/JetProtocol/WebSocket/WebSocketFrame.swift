/// *Frames of a WebSocket* as a server writes them: whole and not masked (RFC 6455, section 5).
public enum WebSocketFrame {
    /// What a frame is (RFC 6455, section 5.2).
    public enum Opcode: UInt8, Sendable {
        /// More of the message that an earlier frame has begun.
        case continuation = 0x0
        /// A message, or its beginning, in UTF-8.
        case text = 0x1
        /// The same, of bytes.
        case binary = 0x2
        /// The sender says nothing more.
        case close = 0x8
        /// The receiver is to answer with a pong that holds the same.
        case ping = 0x9
        /// The answer to a ping.
        case pong = 0xA

        /// Whether the frame is about the connection, and no part of a message.
        public var isControl: Bool { rawValue & 0x8 != 0 }
    }

    /// What a control frame can hold at most, in bytes.
    public static let longestControl = 125
    /// The longest header of a frame that is not masked, in bytes.
    public static let longestHeader = 10

    /// How long the header of a frame is that holds `length` bytes.
    public static func headerLength(of length: Int) -> Int {
        length <= 125 ? 2 : length <= 65_535 ? 4 : 10
    }

    /// Writes the header of a frame that is a whole message of `length` bytes, or a whole control frame.
    ///
    /// - Parameter place: Has room for `headerLength(of:)` bytes.
    /// - Returns: The place behind the header.
    @discardableResult
    public static func putHeader(
        _ opcode: Opcode = .text, length: Int, at place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        place.storeBytes(of: 0x80 | opcode.rawValue, as: UInt8.self)
        if length <= 125 {
            place.storeBytes(of: UInt8(truncatingIfNeeded: length), toByteOffset: 1, as: UInt8.self)
            return place + 2
        }
        if length <= 65_535 {
            place.storeBytes(of: 126, toByteOffset: 1, as: UInt8.self)
            place.storeBytes(of: UInt16(truncatingIfNeeded: length).bigEndian, toByteOffset: 2, as: UInt16.self)
            return place + 4
        }
        place.storeBytes(of: 127, toByteOffset: 1, as: UInt8.self)
        place.storeBytes(of: UInt64(truncatingIfNeeded: length).bigEndian, toByteOffset: 2, as: UInt64.self)
        return place + 10
    }

    /// A control frame.
    ///
    /// - Parameter payload: What it holds; cut at `longestControl` bytes.
    public static func control(_ opcode: Opcode, _ payload: [UInt8] = []) -> [UInt8] {
        let payload = payload.prefix(longestControl)
        return [0x80 | opcode.rawValue, UInt8(truncatingIfNeeded: payload.count)] + payload
    }

    /// A close frame; without a code it is empty.
    public static func close(_ code: WebSocketCloseCode?) -> [UInt8] {
        guard let code else { return control(.close) }
        return control(.close, [UInt8(truncatingIfNeeded: code.number >> 8), UInt8(truncatingIfNeeded: code.number)])
    }
}

/// Why a WebSocket is closed (RFC 6455, section 7.4).
public struct WebSocketCloseCode: Hashable, Sendable {
    /// As it stands in the frame.
    public let number: UInt16

    /// All is said.
    public static let normal = WebSocketCloseCode(number: 1000)
    /// The daemon ends.
    public static let goingAway = WebSocketCloseCode(number: 1001)
    /// The peer has broken a rule of the WebSocket.
    public static let protocolError = WebSocketCloseCode(number: 1002)
    /// What should be UTF-8 is not.
    public static let invalidText = WebSocketCloseCode(number: 1007)
    /// The peer has broken a rule of the daemon.
    public static let policyViolation = WebSocketCloseCode(number: 1008)
    /// A message is longer than the limit.
    public static let messageTooLong = WebSocketCloseCode(number: 1009)

    /// Reads what a close frame holds: a code and perhaps a reason, which must be UTF-8, or nothing.
    ///
    /// - Returns: The code; `nil` if the frame holds nothing.
    /// - Throws: `WebSocketError` if it holds anything else, or a code that nobody may send.
    public static func read(_ payload: RawSpan) throws(WebSocketError) -> WebSocketCloseCode? {
        guard payload.byteCount > 0 else { return nil }
        let bytes = payload.withUnsafeBytes { Array($0) }
        guard bytes.count >= 2 else { throw .violation("a close code has two bytes") }
        let number = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        switch number {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw .violation("\(number) is no close code to be sent")
        }
        guard String(validating: bytes[2...], as: UTF8.self) != nil else { throw .invalidText }
        return WebSocketCloseCode(number: number)
    }
}

/// Why a WebSocket cannot be read any further.
public enum WebSocketError: Error, Hashable, Sendable {
    /// A rule of RFC 6455 is broken: which one.
    case violation(String)
    /// A text about the connection is not UTF-8.
    case invalidText
    /// The message would be longer than the limit: so many bytes are announced up to now.
    case tooLong(length: Int, limit: Int)

    /// With what code the connection is closed.
    public var closeCode: WebSocketCloseCode {
        switch self {
        case .violation: .protocolError
        case .invalidText: .invalidText
        case .tooLong: .messageTooLong
        }
    }
}
