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
}

extension JSONScanner {
    /// Reads one message; `nil` if the value here is no object (it is skipped).
    ///
    /// - Parameter params: Where the members of `params` are noted, if that is an object; else it is left empty.
    /// - Throws: `JSONError` when the text is no JSON.
    @inlinable
    public mutating func message(params: inout JSONMembers) throws(JSONError) -> Message? {
        params.removeAll()
        guard try peek() == UInt8(ascii: "{") else {
            _ = try value()
            return nil
        }
        var message = Message()
        let start = offset
        guard try enterObject() else {
            message.whole = ByteRange(start, offset)
            return message
        }
        repeat {
            let name = try memberName()
            let first = try peek()
            if name.equals("params", in: bytes) {
                if first == UInt8(ascii: "{") {
                    message.params = try members(into: &params)
                } else {
                    params.removeAll()
                    message.params = try value()
                }
            } else if name.equals("method", in: bytes) {
                if first == UInt8(ascii: "\"") {
                    message.method = try string()
                    message.otherMethod = nil
                } else {
                    message.otherMethod = try value()
                    message.method = nil
                }
            } else if name.equals("id", in: bytes) {
                message.id = try value()
            } else if name.equals("result", in: bytes) {
                message.result = try value()
            } else if name.equals("error", in: bytes) {
                message.error = try value()
            } else {
                _ = try value()
            }
        } while try nextMember()
        message.whole = ByteRange(start, offset)
        return message
    }
}
