/// Reads JSON without building a tree: it walks over a text once, checks every byte of it against RFC 8259, and says
/// where values begin and end. What a reader does not ask for costs one pass over its bytes and no memory.
///
/// The scanner is a view of bytes that its caller owns. It never reads outside them, whatever they are; a text that is
/// not JSON ends in a `JSONError`.
///
///     var scanner = JSONScanner(bytes)
///     let range = try scanner.value()     // validated, whatever is in it
///     try scanner.end()                   // and nothing behind it
@frozen
public struct JSONScanner: ~Escapable {
    /// Arrays and objects inside each other that are accepted: one bit each of `containers`.
    public static var maximumDepth: Int { 128 }
    /// The longest text that can be scanned, in bytes: what a `ByteRange` can name.
    public static var maximumLength: Int { Int(clamping: UInt32.max) }

    /// The text.
    public let bytes: RawSpan
    /// The next byte to be read.
    @usableFromInline var position: Int
    /// How many arrays and objects are open around `position`.
    @usableFromInline var depth: Int

    /// A scanner at byte `position` of `bytes`, inside of `depth` open arrays and objects. A text longer than
    /// `maximumLength` is refused when the first value is asked for.
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, at position: Int = 0, depth: Int = 0) {
        self.bytes = bytes
        // At the end of a text that is too long nothing can be read, and every attempt says why.
        self.position =
            bytes.byteCount <= Self.maximumLength ? min(max(position, 0), bytes.byteCount) : bytes.byteCount
        self.depth = max(depth, 0)
    }

    /// The next byte to be read, counted from the start of the text.
    @inlinable public var offset: Int { position }

    /// How many more arrays and objects may be nested here.
    @inlinable package var room: Int { Self.maximumDepth &- depth }

    /// Continues at byte `offset`: the caller has read the bytes before it.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func seek(to offset: Int) { position = min(max(offset, position), bytes.byteCount) }

    /// The next byte that is no white space, still unread.
    @inlinable
    @inline(__always)
    public mutating func peek() throws(JSONError) -> UInt8 { try bytes.token(&position) }

    /// Checks that nothing but white space is left.
    @inlinable
    public mutating func end() throws(JSONError) {
        position = bytes.whiteEnd(position)
        guard position == bytes.byteCount else { throw JSONError(.trailingBytes, at: position) }
    }

    /// Reads one value of any kind and returns where it lies, without the white space around it.
    @inlinable
    public mutating func value() throws(JSONError) -> ByteRange {
        let first = try peek()
        let start = position
        position = try bytes.valueEnd(start, first, room: room)
        return ByteRange(start, position)
    }

    /// Reads a string. Checks escapes, surrogate pairs and UTF-8.
    @inlinable
    public mutating func string() throws(JSONError) -> JSONStringRange {
        guard try peek() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
        let start = position
        let (end, hasEscapes) = try bytes.stringEnd(start)
        position = end
        return JSONStringRange(content: ByteRange(start &+ 1, end &- 1), hasEscapes: hasEscapes)
    }
}
