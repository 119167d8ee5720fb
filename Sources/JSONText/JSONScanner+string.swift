/// Where a string lies in a text.
@frozen
public struct JSONStringRange: Hashable, Sendable {
    /// The bytes between the quotes.
    public var content: ByteRange
    /// Whether a backslash is among them: if not, they are the string's value as they stand.
    public var hasEscapes: Bool

    /// A string whose content lies at `content`.
    @inlinable
    public init(content: ByteRange, hasEscapes: Bool) {
        self.content = content
        self.hasEscapes = hasEscapes
    }
}

extension JSONScanner {
    /// Reads a string. Checks escapes, surrogate pairs and UTF-8.
    @inlinable
    public mutating func string() throws(JSONError) -> JSONStringRange {
        guard try peek() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
        return try quoted()
    }

    /// Reads the string whose opening quote is at `position`.
    @inlinable
    mutating func quoted() throws(JSONError) -> JSONStringRange {
        let start = position &+ 1
        var at = start
        var hasEscapes = false
        while true {
            // Eight bytes at a time, as long as all of them are plain.
            while at &+ 8 <= count {
                let word = UInt64(
                    littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self))
                let special = Self.special(word)
                if special == 0 {
                    at &+= 8
                } else {
                    at &+= special.trailingZeroBitCount &>> 3
                    break
                }
            }
            guard at < count else { throw JSONError(.unexpectedEnd, at: count) }
            let byte = bytes.byte(at)
            if byte == UInt8(ascii: "\"") {
                position = at &+ 1
                return JSONStringRange(content: ByteRange(start, at), hasEscapes: hasEscapes)
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                at = try escape(at: at)
            } else if byte >= 0x80 {
                at = try multibyte(byte, at: at)
            } else if byte < 0x20 {
                throw JSONError(.controlCharacter, at: at)
            } else {
                at &+= 1
            }
        }
    }

    /// A set high bit for each of the eight bytes that is a quote, a backslash, a control character or not ASCII. A bit
    /// may be wrongly set above a right one, never below it, so the lowest can be trusted.
    @inlinable
    @inline(__always)
    static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ 0x2222_2222_2222_2222
        let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
        return
            ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- 0x2020_2020_2020_2020) & ~word
            | word) & highs
    }

    /// Checks the escape whose backslash is at `start`; returns where it ends. Two `\u` of a surrogate pair are one.
    @inlinable
    func escape(at start: Int) throws(JSONError) -> Int {
        guard start &+ 1 < count else { throw JSONError(.unexpectedEnd, at: count) }
        switch bytes.byte(start &+ 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start &+ 2
        case UInt8(ascii: "u"):
            let unit = try hexadecimal(at: start &+ 2)
            guard unit & 0xF800 == 0xD800 else { return start &+ 6 }
            guard unit < 0xDC00, start &+ 7 < count,
                bytes.byte(start &+ 6) == UInt8(ascii: "\\"), bytes.byte(start &+ 7) == UInt8(ascii: "u")
            else { throw JSONError(.loneSurrogate, at: start) }
            guard try hexadecimal(at: start &+ 8) & 0xFC00 == 0xDC00 else { throw JSONError(.loneSurrogate, at: start) }
            return start &+ 12
        default:
            throw JSONError(.invalidEscape, at: start)
        }
    }

    /// The four hexadecimal digits at `start`.
    @inlinable
    func hexadecimal(at start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for offset in start..<start &+ 4 {
            guard offset < count else { throw JSONError(.unexpectedEnd, at: count) }
            guard let digit = hexadecimalDigit(bytes.byte(offset)) else {
                throw JSONError(.invalidEscape, at: offset)
            }
            unit = unit &<< 4 | UInt16(digit)
        }
        return unit
    }

    /// Checks the UTF-8 sequence of two to four bytes that starts with `lead` (Unicode, table 3-7); returns its end.
    @inlinable
    func multibyte(_ lead: UInt8, at start: Int) throws(JSONError) -> Int {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0:
            length = 3
            second = 0xA0...0xBF
        case 0xED:
            length = 3
            second = 0x80...0x9F
        case 0xE1...0xEF: length = 3
        case 0xF0:
            length = 4
            second = 0x90...0xBF
        case 0xF1...0xF3: length = 4
        case 0xF4:
            length = 4
            second = 0x80...0x8F
        default: throw JSONError(.invalidUTF8, at: start)
        }
        guard start &+ length <= count else { throw JSONError(.invalidUTF8, at: start) }
        guard second.contains(bytes.byte(start &+ 1)) else { throw JSONError(.invalidUTF8, at: start) }
        for offset in start &+ 2..<start &+ max(length, 2) where bytes.byte(offset) & 0xC0 != 0x80 {
            throw JSONError(.invalidUTF8, at: start)
        }
        return start &+ length
    }
}

/// The value of a hexadecimal digit, or `nil`.
@inlinable
func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
    default: nil
    }
}
