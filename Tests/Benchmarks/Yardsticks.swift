import Glibc

/// *Yardsticks*: work that has nothing to do with Jet and is measured beside each benchmark, a moment before it. What an
/// operation takes of them is nearly the same on a fast machine and a slow one.
enum Yardsticks {
    /// Copying messages one by one, of the given mean length, out of one place into the next of a buffer of 64 KiB: what
    /// a daemon without any thoughts would do to them.
    ///
    /// - Parameters:
    ///   - messages: How many messages one operation is.
    ///   - length: How long they are on the average, in bytes.
    ///   - count: How many are copied.
    /// - Returns: Nanoseconds for one operation.
    static func copy(messages: Double, length: Double, count: Int) -> Double {
        let size = 64 << 10
        let length = max(1, min(Int(length.rounded()), size))
        let source = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        let target = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        defer {
            source.deallocate()
            target.deallocate()
        }
        memset(source, 1, size)
        memset(target, 2, size)
        var at = 0
        let start = Clock.now
        for _ in 0..<count {
            if at + length > size { at = 0 }
            memcpy(target + at, source + at, length)
            at += length
        }
        let duration = Clock.now - start
        // Somebody looks at what was copied, so that it has to be.
        guard target.load(fromByteOffset: 0, as: UInt8.self) == 1 else { return .nan }
        return Double(duration) / Double(count) * messages
    }

    /// Finding keys at random among `count` in a hash table of numbers with open addressing, half full.
    ///
    /// - Returns: Nanoseconds for one.
    static func lookUp(among count: Int, looks: Int) -> Double {
        var bits = 4
        while 1 << bits < count * 2 { bits += 1 }
        let mask = 1 << bits - 1
        func place(of key: UInt64) -> Int {
            Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits))
        }
        var slots = [UInt64](repeating: 0, count: 1 << bits)
        for key in 1...UInt64(count) {
            var at = place(of: key)
            while slots[at] != 0 { at = (at + 1) & mask }
            slots[at] = key
        }
        var random: UInt64 = 7
        var found = 0
        let start = Clock.now
        for _ in 0..<looks {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let key = 1 + (random >> 32) % UInt64(count)
            var at = place(of: key)
            while slots[at] != key { at = (at + 1) & mask }
            found &+= 1
        }
        let duration = Clock.now - start
        return found == looks ? Double(duration) / Double(looks) : .nan
    }
}
