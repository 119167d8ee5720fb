/// Why bytes are no message in MessagePack, and where.
///
/// All but `.tooLong` is a parse error to the peer that sent them: there is no JSON that they could stand for.
public struct MessagePackError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Reason: String, Sendable {
        /// The bytes end inside a value, or cannot hold as many elements as an array or a map claims.
        case unexpectedEnd = "unexpected end of the message"
        /// Something behind the value.
        case trailingBytes = "unexpected bytes after the value"
        /// A byte that begins nothing: 0xc1.
        case reserved = "a byte that is never used"
        /// An extension type, timestamps included.
        case extensionType = "an extension type"
        /// A string, or binary data, that is no UTF-8.
        case invalidUTF8 = "invalid UTF-8"
        /// NaN or an infinity.
        case notFinite = "a number that JSON does not have"
        /// A map's key that is neither a string nor a whole number.
        case invalidKey = "a key that is no string"
        /// More arrays and maps inside each other than the limit allows.
        case tooDeep = "nested too deeply"
        /// The JSON would be longer than the limit.
        case tooLong = "message too long"
    }

    /// What is wrong.
    public let reason: Reason
    /// Where, in bytes from the start of the message.
    public let offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension MessagePackError: CustomStringConvertible {
    /// The reason and the place in one line.
    public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
