public import JSONText

/// A *message*: one JSON object of the wire, as the places of its parts in the bytes it came in (jet-protocol(7) §2.1).
///
/// It is a request if it has a `method` and an `id`, a notification if it has a `method` only, a response if it has a
/// `result` or an `error`. Unknown members are ignored; of duplicates the last one counts.
///
/// An absent part is an empty range, which no part of a text has. So a message is only a few machine words, which are
/// copied often.
@frozen
public struct Message: Sendable {
    /// The message itself, from brace to brace.
    public var whole = ByteRange(0, 0)
    @usableFromInline var idRange = ByteRange(0, 0)
    /// A `method` that is a string lies here with its quotes.
    @usableFromInline var methodRange = ByteRange(0, 0)
    @usableFromInline var otherMethodRange = ByteRange(0, 0)
    @usableFromInline var paramsRange = ByteRange(0, 0)
    @usableFromInline var resultRange = ByteRange(0, 0)
    @usableFromInline var errorRange = ByteRange(0, 0)
    @usableFromInline var methodHasEscapes = false

    /// A message without parts.
    @inlinable
    public init() {}

    /// `id`, of whatever type.
    @inlinable public var id: ByteRange? { idRange.isEmpty ? nil : idRange }
    /// `method`, if it is a string.
    @inlinable public var method: JSONStringRange? {
        guard !methodRange.isEmpty else { return nil }
        let content = ByteRange(methodRange.start &+ 1, methodRange.end &- 1)
        return JSONStringRange(content: content, hasEscapes: methodHasEscapes)
    }
    /// `method`, if it is not a string: in a notification the id of a fetch that is a number; otherwise an error.
    @inlinable public var otherMethod: ByteRange? { otherMethodRange.isEmpty ? nil : otherMethodRange }
    /// `params`, of whatever type.
    @inlinable public var params: ByteRange? { paramsRange.isEmpty ? nil : paramsRange }
    /// `result`.
    @inlinable public var result: ByteRange? { resultRange.isEmpty ? nil : resultRange }
    /// `error`.
    @inlinable public var error: ByteRange? { errorRange.isEmpty ? nil : errorRange }

    /// Whether there is a `method` that is not a string.
    @inlinable public var hasWrongMethod: Bool { !otherMethodRange.isEmpty }

    /// Whether `id` can be answered: a string or a number.
    @inlinable
    public func hasValidID(in bytes: RawSpan) -> Bool {
        guard let id, id.start < bytes.byteCount else { return false }
        switch bytes.byte(id.start) {
        case UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return true
        default: return false
        }
    }
}
