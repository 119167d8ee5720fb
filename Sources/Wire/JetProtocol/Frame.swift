import JSONText

/// A *frame* of a byte stream: each message is preceded by its length, 4 bytes with the most significant first
/// (jet-protocol(7) §1.1).
public enum Frame {
    /// The length of the header that precedes each message, in bytes.
    public static let headerLength = 4

    /// Appends the header of a message of `length` bytes.
    public static func appendHeader(length: Int, to output: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: length).bigEndian) { output.append(contentsOf: $0) }
    }

    /// Overwrites the header at `start` with that of a message of `length` bytes.
    public static func setHeader(length: Int, at start: Int, in output: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: length).bigEndian) { header in
            for (offset, byte) in header.enumerated() { output[start + offset] = byte }
        }
    }

    /// Writes the header of a message of `length` bytes.
    ///
    /// - Parameter place: Has room for `headerLength` bytes.
    /// - Returns: The place behind the header.
    @inlinable
    @inline(__always)
    public static func putHeader(length: Int, at place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        place.storeBytes(of: UInt32(truncatingIfNeeded: length).bigEndian, as: UInt32.self)
        return place + headerLength
    }

    /// The length of the message whose header is at `start`, all of which must be in `bytes`.
    @inlinable
    @inline(__always)
    public static func messageLength(in bytes: RawSpan, at start: Int = 0) -> Int {
        precondition(start >= 0 && bytes.byteCount &- start >= headerLength)
        // The precondition is the proof that the bytes are there; any bytes are a number.
        return Int(UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt32.self)))
    }
}
