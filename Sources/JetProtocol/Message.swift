public import JSONText

/// A *message*: one JSON object of the wire, as the places of its parts in the bytes it came in (PROTOCOL.md 2).
///
/// It is a request if it has a `method` and an `id`, a notification if it has a `method` only, a response if it has a
/// `result` or an `error`. Unknown members are left out, of duplicates the last counts.
@frozen
public struct Message: Sendable {
    /// The message itself, from brace to brace.
    public var whole = ByteRange(0, 0)
    /// `id`, of whatever type.
    public var id: ByteRange?
    /// `method`, if it is a string.
    public var method: JSONStringRange?
    /// `method`, if it is no string: in a notification the id of a fetch that is a number, else a mistake.
    public var otherMethod: ByteRange?
    /// `params`, of whatever type.
    public var params: ByteRange?
    /// `result`.
    public var result: ByteRange?
    /// `error`.
    public var error: ByteRange?

    /// A message without parts.
    @inlinable
    public init() {}

    /// Whether there is a `method` that is no string.
    @inlinable public var hasWrongMethod: Bool { otherMethod != nil }

    /// Whether `id` can be answered: a string or a number.
    @inlinable
    public func hasValidID(in bytes: RawSpan) -> Bool {
        guard let id, id.start < bytes.byteCount else { return false }
        switch bytes.byte(id.start) {
        case UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return true
        default: return false
        }
    }

    /// The word of a name with escapes: seldom needed.
    @usableFromInline
    static func word(of name: JSONStringRange, in bytes: RawSpan) -> UInt64 {
        let decoded = name.decoded(in: bytes)
        guard !decoded.contains(0) else { return NameWord.none }
        return decoded.span.bytes.nameWord(ByteRange(0, decoded.count), hasEscapes: false)
    }
}
