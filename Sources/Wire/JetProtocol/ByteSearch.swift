import CBytes
import JSONText

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Comparing bytes with bytes, at the speed of the C library.
extension RawSpan {
    /// Whether these are the bytes of `other`.
    package func isEqual(to other: [UInt8]) -> Bool {
        byteCount == other.count && begins(with: other)
    }

    /// Whether these are the bytes of `other`.
    package func isEqual(to other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        guard byteCount > 0 else { return true }
        return withUnsafeBytes { own in
            other.withUnsafeBytes { other in
                guard let left = own.baseAddress, let right = other.baseAddress else { return true }
                return memcmp(left, right, own.count) == 0
            }
        }
    }

    /// Whether these bytes begin with `prefix`.
    package func begins(with prefix: [UInt8]) -> Bool {
        guard byteCount >= prefix.count else { return false }
        return extracting(0..<prefix.count).isEqual(to: prefix.span.bytes)
    }

    /// Whether these bytes end with `suffix`.
    package func finishes(with suffix: [UInt8]) -> Bool {
        guard byteCount >= suffix.count else { return false }
        return extracting(byteCount - suffix.count..<byteCount).isEqual(to: suffix.span.bytes)
    }

    /// Whether these are the bytes of one of `texts`, which ascend byte by byte.
    package func isOne(of texts: [[UInt8]]) -> Bool {
        var range = 0..<texts.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let order = order(to: texts[middle])
            if order == 0 { return true }
            range = order < 0 ? range.lowerBound..<middle : middle + 1..<range.upperBound
        }
        return false
    }

    /// Below 0 if these bytes come before `other`, 0 if they are the same, above 0 if they come after it.
    func order(to other: [UInt8]) -> Int {
        let common = withUnsafeBytes { own in
            other.withUnsafeBytes { other -> Int32 in
                guard let left = own.baseAddress, let right = other.baseAddress else { return 0 }
                return memcmp(left, right, Swift.min(own.count, other.count))
            }
        }
        return common == 0 ? byteCount - other.count : Int(common)
    }

    /// Whether `part` is somewhere in these bytes.
    package func includes(_ part: [UInt8]) -> Bool { place(of: part) != nil }

    /// Where `part` begins in these bytes for the first time; `nil` if it is not there.
    package func place(of part: [UInt8]) -> Int? {
        guard !part.isEmpty else { return 0 }
        guard byteCount >= part.count else { return nil }
        return withUnsafeBytes { own in
            part.withUnsafeBytes { part in
                guard let haystack = own.baseAddress, let needle = part.baseAddress else { return nil }
                return jet_bytes_find(haystack, own.count, needle, part.count).map { $0 - haystack }
            }
        }
    }

    /// Whether `byte` is somewhere in these bytes.
    func contains(_ byte: UInt8) -> Bool {
        withUnsafeBytes { own in
            guard let first = own.baseAddress else { return false }
            return memchr(first, Int32(byte), own.count) != nil
        }
    }

    /// Whether all bytes are ASCII.
    var isASCII: Bool {
        var at = 0
        var bits: UInt64 = 0
        while at &+ 8 <= byteCount {
            bits |= unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
            at &+= 8
        }
        while at < byteCount {
            bits |= UInt64(byte(at))
            at &+= 1
        }
        return bits & 0x8080_8080_8080_8080 == 0
    }
}
