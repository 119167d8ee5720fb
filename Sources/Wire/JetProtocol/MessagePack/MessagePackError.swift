/// Why bytes are not a message in MessagePack, and where.
///
/// The peer that sent them receives a parse error, except for `.tooLong`: there is no JSON for them.
public struct MessagePackError: Error, Hashable, Sendable {
    /// The reason.
    public enum Reason: String, Sendable {
        /// The bytes end inside a value, or are too few for the elements that an array or a map announces.
        case unexpectedEnd = "unexpected end of the message"
        /// There are bytes behind the value.
        case trailingBytes = "unexpected bytes after the value"
        /// The byte 0xc1, which has no meaning.
        case reserved = "a reserved byte"
        /// An extension type, timestamps included.
        case extensionType = "an extension type"
        /// A string, or binary data, that is not UTF-8.
        case invalidUTF8 = "invalid UTF-8"
        /// NaN or an infinity.
        case notFinite = "a number that is not in JSON"
        /// A map's key that is neither a string nor a whole number.
        case invalidKey = "a key that is not a string"
        /// Arrays and maps are nested deeper than the limit.
        case tooDeep = "nested too deeply"
        /// The JSON would be longer than the limit.
        case tooLong = "message too long"
    }

    /// The reason.
    public let reason: Reason
    /// The place, in bytes from the start of the message.
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
