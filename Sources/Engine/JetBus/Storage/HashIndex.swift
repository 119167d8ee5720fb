import Glibc

/// An open-addressing index from hashes to places in a dense array, with linear probing. It keeps eight bytes
/// for each entry; the keys are in the array, whose owner compares them in the closure that `find` takes.
struct HashIndex: ~Copyable {
    /// One place in the table. A hash is never 0: that marks an empty entry.
    private struct Entry {
        var hash: UInt32
        var place: UInt32
    }

    private var entries: UnsafeMutablePointer<Entry>
    private var mask: Int
    private(set) var count = 0

    init() {
        mask = 15
        entries = Self.allocate(16)
    }

    deinit { free(entries) }

    /// The place that `hash` leads to and for which `isIt` returns true.
    @inline(__always)
    func find(_ hash: UInt32, _ isIt: (Int) -> Bool) -> Int? {
        var at = Int(hash) & mask
        while true {
            let entry = entries[at]
            if entry.hash == 0 { return nil }
            if entry.hash == hash, isIt(Int(entry.place)) { return Int(entry.place) }
            at = (at &+ 1) & mask
        }
    }

    /// Notes that the key with this hash, which is not in the index yet, lies at `place`.
    mutating func insert(_ hash: UInt32, place: Int) {
        if (count &+ 1) &* 4 > (mask &+ 1) &* 3 { resize(to: (mask &+ 1) &* 2) }
        put(Entry(hash: hash, place: UInt32(truncatingIfNeeded: place)))
        count &+= 1
    }

    /// Forgets the key with this hash at `place`.
    mutating func remove(_ hash: UInt32, place: Int) {
        var hole = Int(hash) & mask
        while entries[hole].hash != hash || Int(entries[hole].place) != place {
            if entries[hole].hash == 0 { return }
            hole = (hole &+ 1) & mask
        }
        // Entries behind the hole move up, so that no probe ends too early and no tombstones are left.
        var next = (hole &+ 1) & mask
        while entries[next].hash != 0 {
            let home = Int(entries[next].hash) & mask
            if (next &- home) & mask >= (next &- hole) & mask {
                entries[hole] = entries[next]
                hole = next
            }
            next = (next &+ 1) & mask
        }
        entries[hole].hash = 0
        count &-= 1
        if mask > 1023, count &* 8 < mask { resize(to: (mask &+ 1) / 2) }
    }

    /// Changes the place of the key with this hash.
    mutating func move(_ hash: UInt32, from place: Int, to other: Int) {
        var at = Int(hash) & mask
        while entries[at].hash != hash || Int(entries[at].place) != place {
            if entries[at].hash == 0 { return }
            at = (at &+ 1) & mask
        }
        entries[at].place = UInt32(truncatingIfNeeded: other)
    }

    /// Changes every place, after the dense array was packed.
    mutating func relocate(_ moved: (Int) -> Int) {
        for at in 0...mask where entries[at].hash != 0 {
            entries[at].place = UInt32(truncatingIfNeeded: moved(Int(entries[at].place)))
        }
    }

    private mutating func put(_ entry: Entry) {
        var at = Int(entry.hash) & mask
        while entries[at].hash != 0 { at = (at &+ 1) & mask }
        entries[at] = entry
    }

    private mutating func resize(to size: Int) {
        let old = entries
        let oldMask = mask
        entries = Self.allocate(size)
        mask = size &- 1
        for at in 0...oldMask where old[at].hash != 0 { put(old[at]) }
        free(old)
    }

    private static func allocate(_ size: Int) -> UnsafeMutablePointer<Entry> {
        guard let memory = calloc(size, MemoryLayout<Entry>.stride) else { preconditionFailure("out of memory") }
        return memory.bindMemory(to: Entry.self, capacity: size)
    }
}
