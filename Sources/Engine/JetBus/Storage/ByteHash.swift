/// A keyed hash of bytes, in the manner of wyhash (by Wang Yi, in the public domain): whole words are multiplied into
/// 128 bits and folded. The key is secret, so peers cannot choose paths that collide.
struct ByteHash {
    private let key: UInt64

    init(seed: UInt64) { key = Self.fold(seed ^ 0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB) ^ seed }

    @inline(__always)
    func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let count = bytes.count
        guard count > 0, var start = bytes.baseAddress else { return 0x8000_0000 }
        var state = key
        let first: UInt64
        let second: UInt64
        if count <= 16 {
            if count >= 4 {
                let middle = (count >> 3) << 2
                first = Self.four(start) << 32 | Self.four(start + middle)
                second = Self.four(start + count - 4) << 32 | Self.four(start + count - 4 - middle)
            } else {
                first =
                    UInt64(start.load(as: UInt8.self)) << 16
                    | UInt64(start.load(fromByteOffset: count >> 1, as: UInt8.self)) << 8
                    | UInt64(start.load(fromByteOffset: count - 1, as: UInt8.self))
                second = 0
            }
        } else {
            let end = start + count
            while end - start > 16 {
                state = Self.fold(Self.eight(start) ^ 0xE703_7ED1_A0B4_28DB, Self.eight(start + 8) ^ state)
                start += 16
            }
            first = Self.eight(end - 16)
            second = Self.eight(end - 8)
        }
        let mixed = Self.fold(
            0x8EBC_6AF0_9C88_C6E3 ^ UInt64(truncatingIfNeeded: count),
            Self.fold(first ^ 0xE703_7ED1_A0B4_28DB, second ^ state))
        return UInt32(truncatingIfNeeded: mixed) | 0x8000_0000
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always)
    private static func eight(_ start: UnsafeRawPointer) -> UInt64 { start.loadUnaligned(as: UInt64.self) }

    @inline(__always)
    private static func four(_ start: UnsafeRawPointer) -> UInt64 { UInt64(start.loadUnaligned(as: UInt32.self)) }
}
