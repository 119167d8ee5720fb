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

    /// How many bytes of memory it takes, the borrowed one included.
    var memorySize: Int { Int(borrowedCapacity) &+ (base != borrowed ? Self.size(ofMemoryFor: capacity) : 0) }

    /// Replaces the value. The memory is kept while it fits and is not wasteful.
    mutating func assign(_ bytes: UnsafeRawBufferPointer) {
        assign(bytes, isMoving: needsMove(for: UInt32(truncatingIfNeeded: bytes.count)))
    }

    /// Replaces the value.
    ///
    /// - Parameter isMoving: Whether `needsMove` is true for the size.
    @inline(__always)
    mutating func assign(_ bytes: UnsafeRawBufferPointer, isMoving: Bool) {
        let size = UInt32(truncatingIfNeeded: bytes.count)
        if isMoving { move(to: size) }
        count = size
        base?.put(bytes)
    }

    /// Whether a value of this size needs other memory.
    @inline(__always)
    func needsMove(for size: UInt32) -> Bool { size > capacity || base != borrowed && size < capacity / 4 }

    /// How much more memory, in bytes, it takes when the value has this size. Called if `needsMove`.
    func growth(to size: UInt32) -> Int {
        let former = base != borrowed ? Self.size(ofMemoryFor: capacity) : 0
        return (size > borrowedCapacity ? Self.size(ofMemoryFor: UInt32(Self.room(for: size))) : 0) - former
    }

    /// How many bytes malloc takes for this capacity.
    private static func size(ofMemoryFor capacity: UInt32) -> Int { Int(capacity) &+ 8 }

    /// The whole of the piece that is taken for a value of this size, as they come in steps of 16 bytes.
    private static func room(for size: UInt32) -> Int { (Int(size) &+ 8 &+ 15) & ~15 &- 8 }

    /// Takes other memory, in which `size` bytes fit well.
    @inline(never)
    private mutating func move(to size: UInt32) {
        if base != borrowed { free(base) }
        guard size > borrowedCapacity else {
            base = borrowed
            capacity = borrowedCapacity
            return
        }
        let room = Self.room(for: size)
        base = malloc(room)
        guard base != nil else { preconditionFailure("out of memory") }
        capacity = UInt32(truncatingIfNeeded: room)
    }
}
