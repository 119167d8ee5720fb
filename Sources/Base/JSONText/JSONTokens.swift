/// The *tokens* of RFC 8259: white space, words and numbers here, strings in `JSONTokens+string.swift`. Each is a
/// function from where a token begins to where it ends.
///
/// They keep no state. A loop over them has its place in the text in a register, where a method that moved a scanner
/// along would load and store it for every byte.
extension RawSpan {
    /// Moves `at` to the next byte that is no white space and returns that byte.
    @inlinable
    @inline(__always)
    package func token(_ at: inout Int) throws(JSONError) -> UInt8 {
        if at < byteCount {
            let byte = byte(at)
            if byte > 0x20 { return byte }
        }
        // By value, so that `at` itself can stay in a register.
        at = try tokenStart(at)
        return byte(at)
    }

    /// The first byte from `start` on that is not white space; its absence is an error.
    @inlinable
    func tokenStart(_ start: Int) throws(JSONError) -> Int {
        let at = whiteEnd(start)
        guard at < byteCount else {
            guard byteCount <= JSONScanner.maximumLength else {
                throw JSONError(.tooLong, at: JSONScanner.maximumLength)
            }
            throw JSONError(.unexpectedEnd, at: byteCount)
        }
        guard byte(at) > 0x20 else { throw JSONError(.unexpectedByte, at: at) }
        return at
    }

    /// The first byte from `start` on that is no white space, or the end.
    @inlinable
    func whiteEnd(_ start: Int) -> Int {
        var at = start
        while at < byteCount {
            let byte = byte(at)
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
            at &+= 1
        }
        return at
    }

    /// Where the number or the word ends that begins at `start` with the byte `first`.
    @inlinable
    func scalarEnd(_ start: Int, _ first: UInt8) throws(JSONError) -> Int {
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): try numberEnd(start)
        case UInt8(ascii: "t"): try wordEnd(start, "true")
        case UInt8(ascii: "f"): try wordEnd(start, "false")
        case UInt8(ascii: "n"): try wordEnd(start, "null")
        case UInt8(ascii: "+"), UInt8(ascii: "."): throw JSONError(.invalidNumber, at: start)
        default: throw JSONError(.unexpectedByte, at: start)
        }
    }

    /// Where the `word` ends that must be at `start`.
    @inlinable
    func wordEnd(_ start: Int, _ word: StaticString) throws(JSONError) -> Int {
        let letters = word.utf8Start
        for offset in 0..<word.utf8CodeUnitCount {
            guard start &+ offset < byteCount else { throw JSONError(.unexpectedEnd, at: byteCount) }
            guard byte(start &+ offset) == letters[offset] else {
                throw JSONError(.unexpectedByte, at: start &+ offset)
            }
        }
        return start &+ word.utf8CodeUnitCount
    }

    /// Where the number ends that begins at `start`: `-`? (`0` | digits without a leading zero) (`.` digits)?
    /// ((`e`|`E`) (`+`|`-`)? digits)?
    @inlinable
    func numberEnd(_ start: Int) throws(JSONError) -> Int {
        var at = start
        if byte(at) == UInt8(ascii: "-") { at &+= 1 }
        let first = at
        at = digitsEnd(at)
        guard at > first else { throw at < byteCount ? JSONError(.invalidNumber, at: at) : endError }
        if byte(first) == UInt8(ascii: "0"), at > first &+ 1 { throw JSONError(.invalidNumber, at: first &+ 1) }
        guard at < byteCount else { return at }
        let next = byte(at)
        // Nearly all numbers end here.
        guard next == UInt8(ascii: ".") || next | 0x20 == UInt8(ascii: "e") else { return at }
        return try fractionEnd(at)
    }

    /// Where the number ends whose point, or `e`, is at `start`.
    @usableFromInline
    func fractionEnd(_ start: Int) throws(JSONError) -> Int {
        var at = start
        if byte(at) == UInt8(ascii: ".") { at = try someDigitsEnd(at &+ 1) }
        if at < byteCount, byte(at) | 0x20 == UInt8(ascii: "e") {
            at &+= 1
            if at < byteCount, byte(at) == UInt8(ascii: "+") || byte(at) == UInt8(ascii: "-") { at &+= 1 }
            at = try someDigitsEnd(at)
        }
        return at
    }

    private func someDigitsEnd(_ start: Int) throws(JSONError) -> Int {
        let end = digitsEnd(start)
        guard end > start else { throw end < byteCount ? JSONError(.invalidNumber, at: end) : endError }
        return end
    }

    @usableFromInline var endError: JSONError { JSONError(.unexpectedEnd, at: byteCount) }

    /// The first byte from `start` on that is no digit, or the end.
    @inlinable
    @inline(__always)
    func digitsEnd(_ start: Int) -> Int {
        var at = start
        // Eight at a time. What is a digit becomes less than 10, what is none gets its high bit set; a carry reaches
        // only what is behind the first of those.
        while at &+ 8 <= byteCount {
            let word = UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self))
            let values = word ^ 0x3030_3030_3030_3030
            let others = (values &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080
            guard others == 0 else { return at &+ others.trailingZeroBitCount &>> 3 }
            at &+= 8
        }
        while at < byteCount, byte(at) &- UInt8(ascii: "0") < 10 { at &+= 1 }
        return at
    }
}
