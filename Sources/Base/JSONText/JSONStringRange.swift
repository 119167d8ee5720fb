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

extension JSONStringRange {
    /// Whether the string's value is `other`, which is ASCII.
    @inlinable
    @inline(__always)
    public func equals(_ other: StaticString, in bytes: RawSpan) -> Bool {
        if hasEscapes { return decodedEquals(other, in: bytes) }
        guard content.end <= bytes.byteCount else { return false }
        let word = NameWord.of(other)
        guard word == NameWord.none else { return bytes.nameWord(content, hasEscapes: false) == word }
        return content.of(bytes).elementsEqual(other)
    }

    /// The same for a string with escapes: seldom needed, so not part of every comparison.
    @usableFromInline
    func decodedEquals(_ other: StaticString, in bytes: RawSpan) -> Bool {
        decoded(in: bytes).span.bytes.elementsEqual(other)
    }

    /// The string's value as UTF-8, its escapes resolved. The range must come from a scan of `bytes`.
    public func decoded(in bytes: RawSpan) -> [UInt8] {
        let source = content.of(bytes)
        guard hasEscapes else { return source.array }
        var result: [UInt8] = []
        result.reserveCapacity(source.byteCount)
        var at = 0
        while at < source.byteCount {
            let byte = source.byte(at)
            guard byte == UInt8(ascii: "\\"), at + 1 < source.byteCount else {
                result.append(byte)
                at += 1
                continue
            }
            switch source.byte(at + 1) {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                let (scalar, length) = Self.scalar(of: source, at: at)
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                at += length
                continue
            case let plain: result.append(plain)
            }
            at += 2
        }
        return result
    }

    /// The string's value.
    public func string(in bytes: RawSpan) -> String {
        hasEscapes ? String(decoding: decoded(in: bytes), as: UTF8.self) : content.of(bytes).string
    }

    /// The scalar that the `\u` escape at `start`, or a pair of them, stands for, and how many bytes that takes.
    private static func scalar(of source: RawSpan, at start: Int) -> (Unicode.Scalar, Int) {
        func unit(_ start: Int) -> UInt32 {
            var unit: UInt32 = 0
            guard start + 4 <= source.byteCount else { return unit }
            for offset in start..<start + 4 {
                unit = unit << 4 | UInt32(hexadecimalDigit(source.byte(offset)) ?? 0)
            }
            return unit
        }
        let first = unit(start + 2)
        guard first & 0xFC00 == 0xD800 else { return (Unicode.Scalar(first) ?? "\u{FFFD}", 6) }
        let value = 0x10000 + (first & 0x3FF) << 10 + unit(start + 8) & 0x3FF
        return (Unicode.Scalar(value) ?? "\u{FFFD}", 12)
    }
}
