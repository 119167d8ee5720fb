import Glibc

/// The fetchers that a change of one element is for, as their slots in the bus's table of fetchers. 16 bytes while
/// empty, and one small piece of memory else.
struct InterestSet: ~Copyable {
    private var slots: UnsafeMutablePointer<UInt32>?
    private(set) var count: UInt32 = 0
    private var capacity: UInt32 = 0

    init() {}

    deinit { free(slots) }

    @inline(__always)
    subscript(index: UInt32) -> Int {
        guard let slots, index < count else { return 0 }
        return Int(slots[Int(index)])
    }

    mutating func append(_ slot: Int) {
        if count == capacity {
            let size = max(capacity &* 2, 4)
            guard let memory = realloc(slots, Int(size) &* MemoryLayout<UInt32>.stride) else {
                preconditionFailure("out of memory")
            }
            slots = memory.bindMemory(to: UInt32.self, capacity: Int(size))
            capacity = size
        }
        slots?[Int(count)] = UInt32(truncatingIfNeeded: slot)
        count &+= 1
    }

    /// Removes the entry at `index`; the last one takes its place.
    mutating func remove(at index: UInt32) {
        guard let slots, index < count else { return }
        count &-= 1
        slots[Int(index)] = slots[Int(count)]
    }
}
