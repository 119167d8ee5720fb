import Glibc

/// The fetchers that a change of one element may be for, as their slots in the bus's table of fetchers, and whether its
/// value satisfies their rules now. 16 bytes as long as there are no more than two, which is what most elements have; and
/// one small piece of memory else.
///
/// It lies in an element's header, which has to be copyable; but there is one owner, the element, which ends it.
struct InterestSet {
    /// Two entries, or the address of more. An entry is a slot, times four; in the lowest bit whether the rule is
    /// satisfied, and in the next one whether that is to be evaluated again.
    private var bits: UInt64 = 0
    private(set) var count: UInt32 = 0
    /// How many entries fit into the memory; 2 while there is none.
    private var capacity: UInt32 = 2

    init() {}

    /// Gives back its memory. It is not used any more.
    func end() { if capacity > 2 { free(memory) } }

    @inline(__always)
    private var memory: UnsafeMutablePointer<UInt32>? {
        UnsafeMutablePointer(bitPattern: UInt(truncatingIfNeeded: bits))
    }

    @inline(__always)
    private func entry(at index: UInt32) -> UInt32 {
        if capacity == 2 { return UInt32(truncatingIfNeeded: bits &>> (UInt64(index) &* 32)) }
        return memory?[Int(index)] ?? 0
    }

    private mutating func setEntry(_ entry: UInt32, at index: UInt32) {
        guard capacity == 2 else {
            memory?[Int(index)] = entry
            return
        }
        let shift = UInt64(index) &* 32
        bits = bits & ~(0xFFFF_FFFF &<< shift) | UInt64(entry) &<< shift
    }

    @inline(__always)
    subscript(index: UInt32) -> Int { index < count ? Int(entry(at: index) &>> 2) : 0 }

    /// Whether the element's value satisfies the rule of the fetcher at `index`.
    func isSatisfied(at index: UInt32) -> Bool { index < count && entry(at: index) & 1 == 1 }

    mutating func setSatisfied(_ isSatisfied: Bool, at index: UInt32) {
        guard index < count else { return }
        setEntry(entry(at: index) & ~1 | (isSatisfied ? 1 : 0), at: index)
    }

    /// Whether the rule of the fetcher at `index` is to be evaluated again, because the value has changed.
    func isPending(at index: UInt32) -> Bool { index < count && entry(at: index) & 2 == 2 }

    mutating func setPending(_ isPending: Bool, at index: UInt32) {
        guard index < count else { return }
        setEntry(entry(at: index) & ~2 | (isPending ? 2 : 0), at: index)
    }

    mutating func append(_ slot: Int, isSatisfied: Bool) {
        if count == capacity { grow() }
        count &+= 1
        setEntry(UInt32(truncatingIfNeeded: slot) << 2 | (isSatisfied ? 1 : 0), at: count &- 1)
    }

    private mutating func grow() {
        let size = capacity &* 2
        let former = capacity == 2 ? nil : memory
        guard let larger = realloc(former, Int(size) &* MemoryLayout<UInt32>.stride) else {
            preconditionFailure("out of memory")
        }
        let entries = larger.bindMemory(to: UInt32.self, capacity: Int(size))
        if capacity == 2 {
            entries[0] = entry(at: 0)
            entries[1] = entry(at: 1)
        }
        bits = UInt64(UInt(bitPattern: larger))
        capacity = size
    }

    /// Removes the entry at `index`; the last one takes its place.
    mutating func remove(at index: UInt32) {
        guard index < count else { return }
        setEntry(entry(at: count &- 1), at: index)
        count &-= 1
    }
}
