/// A short name as one *word*: its bytes, the first lowest, with zeroes behind them. Two such names are compared in one
/// step, and a name that is known beforehand is a constant.
///
/// A text holds no zero byte outside of an escape, and a byte of a name is never 0xFF; so nothing else has the word of a
/// name, and none has that of all bits.
public enum NameWord {
    /// What has no word of its own: what is longer than eight bytes, or holds an escape.
    @inlinable public static var none: UInt64 { .max }

    /// The word of a name that is known beforehand.
    @inlinable
    @inline(__always)
    public static func of(_ name: StaticString) -> UInt64 {
        let count = name.utf8CodeUnitCount
        guard name.hasPointerRepresentation, count <= 8 else { return none }
        let start = name.utf8Start
        var word: UInt64 = 0
        if count > 0 { word |= UInt64(start[0]) }
        if count > 1 { word |= UInt64(start[1]) << 8 }
        if count > 2 { word |= UInt64(start[2]) << 16 }
        if count > 3 { word |= UInt64(start[3]) << 24 }
        if count > 4 { word |= UInt64(start[4]) << 32 }
        if count > 5 { word |= UInt64(start[5]) << 40 }
        if count > 6 { word |= UInt64(start[6]) << 48 }
        if count > 7 { word |= UInt64(start[7]) << 56 }
        return word
    }
}

extension RawSpan {
    /// The word of the string whose content lies at `content`.
    @inlinable
    @inline(__always)
    public func nameWord(_ content: ByteRange, hasEscapes: Bool) -> UInt64 {
        let count = content.count
        guard !hasEscapes, count <= 8 else { return NameWord.none }
        guard content.start &+ 8 <= byteCount else { return nameWordAtEnd(content) }
        let word = UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: content.start, as: UInt64.self))
        return word & (count == 8 ? .max : (1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1)
    }

    @usableFromInline
    func nameWordAtEnd(_ content: ByteRange) -> UInt64 {
        var word: UInt64 = 0
        for at in (content.start..<min(content.end, byteCount)).reversed() { word = word << 8 | UInt64(byte(at)) }
        return word
    }
}
