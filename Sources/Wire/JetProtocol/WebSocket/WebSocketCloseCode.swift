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
