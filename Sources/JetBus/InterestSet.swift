import Glibc

/// The fetchers that a change of one element may be for, as their slots in the bus's table of fetchers, and whether its
/// value satisfies their rules now. 16 bytes while empty, and one small piece of memory else.
struct InterestSet: ~Copyable {
    /// A slot, doubled, and in the lowest bit whether the rule is satisfied.
    private var slots: UnsafeMutablePointer<UInt32>?
    private(set) var count: UInt32 = 0
    private var capacity: UInt32 = 0

    init() {}

    deinit { free(slots) }

    @inline(__always)
    subscript(index: UInt32) -> Int {
        guard let slots, index < count else { return 0 }
        return Int(slots[Int(index)] >> 1)
    }

    /// Whether the element's value satisfies the rule of the fetcher at `index`.
    func isSatisfied(at index: UInt32) -> Bool {
        guard let slots, index < count else { return false }
        return slots[Int(index)] & 1 == 1
    }

    mutating func setSatisfied(_ isSatisfied: Bool, at index: UInt32) {
        guard let slots, index < count else { return }
        slots[Int(index)] = slots[Int(index)] & ~1 | (isSatisfied ? 1 : 0)
    }

    mutating func append(_ slot: Int, isSatisfied: Bool) {
        if count == capacity {
            let size = max(capacity &* 2, 4)
            guard let memory = realloc(slots, Int(size) &* MemoryLayout<UInt32>.stride) else {
                preconditionFailure("out of memory")
            }
            slots = memory.bindMemory(to: UInt32.self, capacity: Int(size))
            capacity = size
        }
        slots?[Int(count)] = UInt32(truncatingIfNeeded: slot) << 1 | (isSatisfied ? 1 : 0)
        count &+= 1
    }

    /// Removes the entry at `index`; the last one takes its place.
    mutating func remove(at index: UInt32) {
        guard let slots, index < count else { return }
        count &-= 1
        slots[Int(index)] = slots[Int(count)]
    }
}
