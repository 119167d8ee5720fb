import Glibc

/// All elements of the bus: a dense array in the order in which they were added, which is what a snapshot walks, and
/// beside it an index by path. A removed element leaves a hole; when half of the array is holes it is packed.
struct ElementTable: ~Copyable {
    /// Each retained once.
    private var dense: ContiguousArray<Unmanaged<Element>?> = []
    private var index = HashIndex()
    private let hash: ByteHash
    /// How many of the elements are Methods.
    private(set) var methods = 0

    init(seed: UInt64) { hash = ByteHash(seed: seed) }

    deinit { for element in dense { element?.release() } }

    /// How many elements there are.
    var count: Int { index.count }

    /// The places that can hold an element: from 0 up to this.
    var end: Int { dense.count }

    /// The element at `place`, or `nil` for a hole.
    subscript(place: Int) -> Element? { dense[place]?.takeUnretainedValue() }

    @inline(__always)
    func hash(of path: UnsafeRawBufferPointer) -> UInt32 { hash(path) }

    /// The element at `path`.
    @inline(__always)
    func find(_ path: UnsafeRawBufferPointer) -> Unmanaged<Element>? { find(path, hash: hash(path)) }

    /// The element at `path`, whose hash is known.
    @inline(__always)
    func find(_ path: UnsafeRawBufferPointer, hash: UInt32) -> Unmanaged<Element>? {
        let place = index.find(hash) { place in
            dense[place]?._withUnsafeGuaranteedRef { element in
                let other = element.path
                guard other.count == path.count else { return false }
                guard let left = other.baseAddress, let right = path.baseAddress else { return true }
                return memcmp(left, right, path.count) == 0
            } ?? false
        }
        guard let place else { return nil }
        return dense[place]
    }

    /// Adds an element, whose path must be free.
    mutating func append(_ element: Element) {
        element.place = dense.count
        index.insert(element.hash, place: element.place)
        if element.isMethod { methods &+= 1 }
        dense.append(Unmanaged.passRetained(element))
    }

    /// Takes an element out.
    mutating func remove(_ element: Element) {
        index.remove(element.hash, place: element.place)
        if element.isMethod { methods &-= 1 }
        dense[element.place]?.release()
        dense[element.place] = nil
    }

    /// Whether it is time to call `pack`.
    var isSparse: Bool { dense.count > 64 && dense.count > index.count &* 2 }

    /// Closes the holes.
    ///
    /// - Returns: Where each place went, for those who remember one: a place counts as the first element at or behind
    ///   it.
    mutating func pack() -> ContiguousArray<Int> {
        var moved = ContiguousArray<Int>()
        moved.reserveCapacity(dense.count + 1)
        var packed = ContiguousArray<Unmanaged<Element>?>()
        packed.reserveCapacity(index.count)
        for element in dense {
            moved.append(packed.count)
            if let element {
                element._withUnsafeGuaranteedRef { $0.place = packed.count }
                packed.append(element)
            }
        }
        moved.append(packed.count)
        dense = packed
        index.relocate { moved[$0] }
        return moved
    }
}
