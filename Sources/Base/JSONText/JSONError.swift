/// Why a text is not JSON, and where: what `JSONScanner` and `JSON.init(parsing:)` throw.
///
/// The grammar is that of RFC 8259; two of the reasons go beyond it: a nesting limit, and the refusal of lone
/// surrogates (section 8.2 leaves them open; a path that holds one could not be compared).
public struct JSONError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Reason: String, Sendable {
        /// The text ended inside a value.
        case unexpectedEnd = "unexpected end of the text"
        /// A byte that cannot stand here.
        case unexpectedByte = "unexpected byte"
        /// Something after the value.
        case trailingBytes = "unexpected bytes after the value"
        /// A number not of the grammar, such as `01`, `+1`, `.5` or `[1.]`.
        case invalidNumber = "invalid number"
        /// A byte below 0x20 inside a string.
        case controlCharacter = "unescaped control character in a string"
        /// A backslash before something else than `"\/bfnrtu`, or `\u` without four hexadecimal digits.
        case invalidEscape = "invalid escape in a string"
        /// A `\u` escape of one half of a surrogate pair.
        case loneSurrogate = "lone surrogate in a string"
        /// Bytes that are not UTF-8: overlong, a surrogate, beyond U+10FFFF, or cut short.
        case invalidUTF8 = "invalid UTF-8"
        /// More arrays and objects inside each other than the limit allows.
        case tooDeep = "nested too deeply"
        /// A text longer than `JSONScanner.maximumLength`.
        case tooLong = "text too long"
    }

    /// What is wrong.
    public let reason: Reason
    /// Where, in bytes from the start of the text.
    public let offset: Int

    /// An error of `reason` at `offset`.
    @inlinable
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    /// The reason and the place in one line.
    public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
