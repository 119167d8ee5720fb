/// Reads JSON without building a tree: it walks over a text once, checks every byte of it against RFC 8259, and says
/// where values begin and end. What a reader does not ask for costs one pass over its bytes and no memory.
///
/// The scanner is a view of bytes that somebody else owns. It never reads outside them, whatever they hold; a text
/// that is no JSON ends in a `JSONError`.
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
    /// How many bytes the text has.
    @usableFromInline let count: Int
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
        self.count = bytes.byteCount <= Self.maximumLength ? bytes.byteCount : 0
        self.position = min(max(position, 0), count)
        self.depth = max(depth, 0)
    }

    /// The next byte to be read, counted from the start of the text.
    @inlinable public var offset: Int { position }

    /// The next byte that is no white space, still unread.
    @inlinable
    @inline(__always)
    public mutating func peek() throws(JSONError) -> UInt8 {
        while position < count {
            let byte = bytes.byte(position)
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                throw JSONError(.unexpectedByte, at: position)
            }
            position &+= 1
        }
        throw JSONError(bytes.byteCount <= Self.maximumLength ? .unexpectedEnd : .tooLong, at: count)
    }

    /// Demands that nothing but white space is left.
    @inlinable
    public mutating func end() throws(JSONError) {
        while position < count {
            let byte = bytes.byte(position)
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                throw JSONError(.trailingBytes, at: position)
            }
            position &+= 1
        }
    }

    /// Reads one value of any kind and returns where it lies, without the white space around it.
    @inlinable
    public mutating func value() throws(JSONError) -> ByteRange {
        let first = try peek()
        let start = position
        switch first {
        case UInt8(ascii: "\""): _ = try quoted()
        case UInt8(ascii: "{"), UInt8(ascii: "["): try container()
        default: try scalar(first)
        }
        return ByteRange(start, position)
    }

    /// Reads a number or one of the three words.
    @inlinable
    mutating func scalar(_ first: UInt8) throws(JSONError) {
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): try number()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        case UInt8(ascii: "+"), UInt8(ascii: "."): throw JSONError(.invalidNumber, at: position)
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    @inlinable
    mutating func word(_ word: StaticString) throws(JSONError) {
        let start = word.utf8Start
        for offset in 0..<word.utf8CodeUnitCount {
            guard position < count else { throw JSONError(.unexpectedEnd, at: count) }
            guard bytes.byte(position) == start[offset] else { throw JSONError(.unexpectedByte, at: position) }
            position &+= 1
        }
    }

    /// Reads a number: `-`? (`0` | digits without a leading zero) (`.` digits)? ((`e`|`E`) (`+`|`-`)? digits)?
    @inlinable
    mutating func number() throws(JSONError) {
        if bytes.byte(position) == UInt8(ascii: "-") { position &+= 1 }
        guard position < count else { throw JSONError(.unexpectedEnd, at: count) }
        if bytes.byte(position) == UInt8(ascii: "0") {
            position &+= 1
            if position < count, isDigit(bytes.byte(position)) { throw JSONError(.invalidNumber, at: position) }
        } else {
            try digits()
        }
        if position < count, bytes.byte(position) == UInt8(ascii: ".") {
            position &+= 1
            try digits()
        }
        if position < count, bytes.byte(position) | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            if position < count, bytes.byte(position) == UInt8(ascii: "+") || bytes.byte(position) == UInt8(ascii: "-")
            {
                position &+= 1
            }
            try digits()
        }
    }

    @inlinable
    mutating func digits() throws(JSONError) {
        guard position < count else { throw JSONError(.unexpectedEnd, at: count) }
        guard isDigit(bytes.byte(position)) else { throw JSONError(.invalidNumber, at: position) }
        repeat { position &+= 1 } while position < count && isDigit(bytes.byte(position))
    }

    @inlinable
    @inline(__always)
    func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Reads an array or object with all that is in it, in one loop: what is open is remembered in the bits of an
    /// integer (1 for an object), so that no depth of nesting reaches the machine's stack.
    @inlinable
    mutating func container() throws(JSONError) {
        let outer = depth
        var containers: UInt128 = 0
        values: while true {
            // A value is due.
            let first = try peek()
            switch first {
            case UInt8(ascii: "\""):
                _ = try quoted()
            case UInt8(ascii: "{"):
                try open()
                containers = containers &<< 1 | 1
                if try peek() == UInt8(ascii: "}") {
                    position &+= 1
                    depth &-= 1
                    containers &>>= 1
                } else {
                    _ = try key()
                    continue values
                }
            case UInt8(ascii: "["):
                try open()
                containers = containers &<< 1
                if try peek() == UInt8(ascii: "]") {
                    position &+= 1
                    depth &-= 1
                    containers &>>= 1
                } else {
                    continue values
                }
            default:
                try scalar(first)
            }
            // A value is done: on to the next one, or out of what it ends.
            while depth != outer {
                let isObject = containers & 1 == 1
                let next = try peek()
                if next == UInt8(ascii: ",") {
                    position &+= 1
                    if isObject { _ = try key() }
                    continue values
                }
                guard next == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw JSONError(.unexpectedByte, at: position)
                }
                position &+= 1
                depth &-= 1
                containers &>>= 1
            }
            return
        }
    }

    /// Steps over the byte that opens an array or object.
    @inlinable
    mutating func open() throws(JSONError) {
        guard depth < Self.maximumDepth else { throw JSONError(.tooDeep, at: position) }
        depth &+= 1
        position &+= 1
    }

    /// Reads a member's name and the colon behind it.
    @inlinable
    @inline(__always)
    mutating func key() throws(JSONError) -> JSONStringRange {
        let key = try string()
        guard try peek() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: position) }
        position &+= 1
        return key
    }
}
