/// Strings: the token that most of a text is made of.
extension RawSpan {
    /// Where the string ends whose opening quote is at `start`: behind its closing quote. Checks escapes, surrogate
    /// pairs and UTF-8.
    @inlinable
    @inline(__always)
    package func stringEnd(_ start: Int) throws(JSONError) -> (end: Int, hasEscapes: Bool) {
        // Most strings are nothing but plain bytes up to the quote: for these there is no call.
        let at = plainEnd(start &+ 1)
        if at < byteCount, byte(at) == UInt8(ascii: "\"") { return (at &+ 1, false) }
        return try stringEnd(continuing: at)
    }

    /// Skips plain bytes, eight at a time: returns the first that is not, or one with fewer than eight behind it.
    @inlinable
    @inline(__always)
    func plainEnd(_ start: Int) -> Int {
        var at = start
        while at &+ 8 <= byteCount {
            let special = Self.special(
                UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)))
            guard special == 0 else { return at &+ special.trailingZeroBitCount &>> 3 }
            at &+= 8
        }
        return at
    }

    /// Where the string ends of which all up to `start` is plain.
    @inlinable
    @inline(never)
    func stringEnd(continuing start: Int) throws(JSONError) -> (end: Int, hasEscapes: Bool) {
        var at = start
        var hasEscapes = false
        while at < byteCount {
            let byte = byte(at)
            if byte == UInt8(ascii: "\"") {
                return (at &+ 1, hasEscapes)
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                at = try escapeEnd(at)
            } else if byte >= 0x80 {
                at = try multibyteEnd(at)
            } else if byte < 0x20 {
                throw JSONError(.controlCharacter, at: at)
            } else {
                at &+= 1
            }
            at = plainEnd(at)
        }
        throw JSONError(.unexpectedEnd, at: byteCount)
    }

    /// A set high bit for each of the eight bytes that is a quote, a backslash, a control character or not ASCII. A bit
    /// may be wrongly set above a right one, never below it, so the lowest can be trusted.
    ///
    /// Turning over bit 1 brings the quote, 0x22, next to the control characters: one subtraction finds both. The high
    /// bit of a byte that is not ASCII survives one of the two: the first clears it only from 0x80 to 0xA3, the second
    /// only of 0xDC and 0xDD.
    @inlinable
    @inline(__always)
    static func special(_ word: UInt64) -> UInt64 {
        let quoteOrControl = (word ^ 0x0202_0202_0202_0202) &- 0x2121_2121_2121_2121
        let backslash = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
        return (quoteOrControl | backslash) & 0x8080_8080_8080_8080
    }

    /// Whether these bytes, which are UTF-8, stand between the quotes of a string as they are.
    @inlinable
    @inline(__always)
    package var standsInJSON: Bool {
        let at = plainEnd(0)
        if at == byteCount { return true }
        // What is left of most is shorter than a word: then the last word says it.
        if at &+ 8 > byteCount, byteCount >= 8 {
            let last = unsafeLoadUnaligned(fromUncheckedByteOffset: byteCount &- 8, as: UInt64.self)
            if Self.special(UInt64(littleEndian: last)) == 0 { return true }
        }
        return standsInJSON(from: at)
    }

    @usableFromInline
    func standsInJSON(from start: Int) -> Bool {
        var at = start
        while at < byteCount {
            let byte = byte(at)
            guard byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { return false }
            at &+= 1
        }
        return true
    }

    /// Where the escape ends whose backslash is at `start`. Two `\u` of a surrogate pair are one.
    @inlinable
    func escapeEnd(_ start: Int) throws(JSONError) -> Int {
        guard start &+ 1 < byteCount else { throw JSONError(.unexpectedEnd, at: byteCount) }
        switch byte(start &+ 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start &+ 2
        case UInt8(ascii: "u"):
            let unit = try hexadecimal(start &+ 2)
            guard unit & 0xF800 == 0xD800 else { return start &+ 6 }
            guard unit < 0xDC00, start &+ 7 < byteCount,
                byte(start &+ 6) == UInt8(ascii: "\\"), byte(start &+ 7) == UInt8(ascii: "u")
            else { throw JSONError(.loneSurrogate, at: start) }
            guard try hexadecimal(start &+ 8) & 0xFC00 == 0xDC00 else { throw JSONError(.loneSurrogate, at: start) }
            return start &+ 12
        default:
            throw JSONError(.invalidEscape, at: start)
        }
    }

    /// The four hexadecimal digits at `start`.
    @inlinable
    func hexadecimal(_ start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for at in start..<start &+ 4 {
            guard at < byteCount else { throw JSONError(.unexpectedEnd, at: byteCount) }
            guard let digit = hexadecimalDigit(byte(at)) else { throw JSONError(.invalidEscape, at: at) }
            unit = unit &<< 4 | UInt16(digit)
        }
        return unit
    }

    /// Where the UTF-8 sequence of two to four bytes ends that starts at `start` (Unicode, table 3-7).
    @inlinable
    func multibyteEnd(_ start: Int) throws(JSONError) -> Int {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch byte(start) {
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
        guard start &+ length <= byteCount, second.contains(byte(start &+ 1)),
            length < 3 || byte(start &+ 2) & 0xC0 == 0x80,
            length < 4 || byte(start &+ 3) & 0xC0 == 0x80
        else { throw JSONError(.invalidUTF8, at: start) }
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
