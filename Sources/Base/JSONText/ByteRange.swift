/// Where something lies in a text: half-open, in bytes. Half the size of a `Range<Int>`, since millions of them are
/// made.
@frozen
public struct ByteRange: Hashable, Sendable {
    /// The first byte.
    public var lower: UInt32
    /// The byte after the last.
    public var upper: UInt32

    /// The bytes from `lower` up to, not including, `upper`.
    @inlinable
    public init(_ lower: Int, _ upper: Int) {
        self.lower = UInt32(truncatingIfNeeded: lower)
        self.upper = UInt32(truncatingIfNeeded: upper)
    }

    /// The first byte.
    @inlinable public var start: Int { Int(lower) }
    /// The byte after the last.
    @inlinable public var end: Int { Int(upper) }
    /// How many bytes.
    @inlinable public var count: Int { Int(upper) &- Int(lower) }
    /// Whether there is none.
    @inlinable public var isEmpty: Bool { upper <= lower }

    /// The bytes themselves.
    @inlinable
    @_lifetime(copy bytes)
    public func of(_ bytes: RawSpan) -> RawSpan { bytes.extracting(start..<end) }
}

extension RawSpan {
    /// The byte at `offset`, which the caller must have checked to be inside.
    @inlinable
    @inline(__always)
    package func byte(_ offset: Int) -> UInt8 { unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self) }

    /// Whether these are the same bytes as `other`.
    @inlinable
    public func elementsEqual(_ other: StaticString) -> Bool {
        byteCount == other.utf8CodeUnitCount && startsWith(other)
    }

    /// Whether these bytes begin with `prefix`.
    @inlinable
    public func startsWith(_ prefix: StaticString) -> Bool {
        let length = prefix.utf8CodeUnitCount
        guard prefix.hasPointerRepresentation, byteCount >= length else { return false }
        let start = prefix.utf8Start
        for offset in 0..<length where byte(offset) != start[offset] { return false }
        return true
    }

    /// These bytes as a string; what is no UTF-8 becomes U+FFFD.
    @inlinable
    public var string: String {
        withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// These bytes as an array.
    @inlinable
    public var array: [UInt8] {
        withUnsafeBytes { [UInt8]($0) }
    }
}
