import Glibc

/// One State's value: bytes that are replaced as a whole.
///
/// Its first memory is *borrowed*, a piece of what the element keeps its path in; it is used whenever the value fits
/// there. Most values keep their size, so most elements need no other.
///
/// It lies in an element's header, which has to be copyable; but there is one owner, the element, which ends it.
struct ElementValue {
    private var base: UnsafeMutableRawPointer?
    private var count: UInt32 = 0
    private var capacity: UInt32
    private let borrowed: UnsafeMutableRawPointer?
    private let borrowedCapacity: UInt32

    /// No bytes yet.
    ///
    /// - Parameters:
    ///   - borrowed: Memory that outlives this, or `nil`.
    ///   - capacity: How many bytes fit there.
    init(borrowing borrowed: UnsafeMutableRawPointer? = nil, capacity: Int = 0) {
        base = borrowed
        self.borrowed = borrowed
        self.capacity = UInt32(truncatingIfNeeded: capacity)
        borrowedCapacity = self.capacity
    }

    /// Gives back its memory. It is not used any more.
    func end() { if base != borrowed { free(base) } }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: Int(count)) }

    /// Replaces the value. The memory is kept while it fits and is not wasteful.
    @inline(__always)
    mutating func assign(_ bytes: UnsafeRawBufferPointer) {
        let size = UInt32(truncatingIfNeeded: bytes.count)
        if size > capacity || base != borrowed && size < capacity / 4 { move(to: size) }
        count = size
        base?.put(bytes)
    }

    /// Takes other memory, in which `size` bytes fit well.
    @inline(never)
    private mutating func move(to size: UInt32) {
        if base != borrowed { free(base) }
        guard size > borrowedCapacity else {
            base = borrowed
            capacity = borrowedCapacity
            return
        }
        // The whole of the piece that is taken, as they come in steps of 16 bytes.
        let room = (Int(size) &+ 8 &+ 15) & ~15 &- 8
        base = malloc(room)
        guard base != nil else { preconditionFailure("out of memory") }
        capacity = UInt32(truncatingIfNeeded: room)
    }
}
