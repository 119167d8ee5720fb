/// Bytes from the kernel, read by offset.
///
/// They are input like any other: every access is checked, and returns `nil` beyond the end. Numbers are in the
/// byte order of the machine.
package struct NetlinkBytes: Hashable, Sendable {
    private let bytes: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    package init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    /// The number of bytes.
    package var count: Int { bytes.count }

    /// The bytes themselves.
    package var array: [UInt8] { Array(bytes) }

    /// The number at `offset`.
    package func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value? {
        guard offset >= 0, count - MemoryLayout<Value>.size >= offset else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
    }

    /// The bytes in `range`; `nil` if it reaches beyond the end.
    package func slice(_ range: Range<Int>) -> NetlinkBytes? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        return NetlinkBytes(bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)])
    }

    /// The bytes from `offset` on; none if that is beyond the end.
    package func suffix(from offset: Int) -> NetlinkBytes { NetlinkBytes(bytes.dropFirst(max(0, offset))) }

    /// The bytes up to the first NUL: how the kernel writes text, which need not be UTF-8.
    package var text: [UInt8] { Array(bytes.prefix { $0 != 0 }) }

    /// `length` rounded up to where the next message or attribute begins.
    package static func aligned(_ length: Int) -> Int { (length + 3) & ~3 }
}
