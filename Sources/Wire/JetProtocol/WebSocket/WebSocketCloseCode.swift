/// Why a WebSocket is closed (RFC 6455, section 7.4).
public struct WebSocketCloseCode: Hashable, Sendable {
    /// The number in the frame.
    public let number: UInt16

    /// The connection has served its purpose.
    public static let normal = WebSocketCloseCode(number: 1000)
    /// The daemon stops.
    public static let goingAway = WebSocketCloseCode(number: 1001)
    /// The peer has violated the WebSocket protocol.
    public static let protocolError = WebSocketCloseCode(number: 1002)
    /// A text is not UTF-8.
    public static let invalidText = WebSocketCloseCode(number: 1007)
    /// The daemon closes the peer for another reason.
    public static let policyViolation = WebSocketCloseCode(number: 1008)
    /// A message is longer than the limit.
    public static let messageTooLong = WebSocketCloseCode(number: 1009)

    /// Reads the payload of a close frame: nothing, or a code and perhaps a reason, which must be UTF-8.
    ///
    /// - Returns: The code; `nil` if the frame is empty.
    /// - Throws: `WebSocketError` if it is anything else, or a code that must not be sent.
    public static func read(_ payload: RawSpan) throws(WebSocketError) -> WebSocketCloseCode? {
        guard payload.byteCount > 0 else { return nil }
        let bytes = payload.withUnsafeBytes { Array($0) }
        guard bytes.count >= 2 else { throw .violation("the close code is incomplete") }
        let number = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        switch number {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw .violation("the close code \(number) must not be sent")
        }
        guard String(validating: bytes[2...], as: UTF8.self) != nil else { throw .invalidText }
        return WebSocketCloseCode(number: number)
    }
}

/// Why a WebSocket cannot be read any further.
public enum WebSocketError: Error, Hashable, Sendable {
    /// RFC 6455 is violated in this way.
    case violation(String)
    /// A text message or the reason in a close frame is not UTF-8.
    case invalidText
    /// The message is longer than the limit; `length` bytes are announced so far.
    case tooLong(length: Int, limit: Int)

    /// The code with which the connection is closed.
    public var closeCode: WebSocketCloseCode {
        switch self {
        case .violation: .protocolError
        case .invalidText: .invalidText
        case .tooLong: .messageTooLong
        }
    }
}
