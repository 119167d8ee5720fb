import Glibc
import JetProtocol

/// All elements of the bus: a dense array in the order in which they were added, which is the order of a snapshot, and an
/// index by path. A removed element leaves a hole; when half of the array is holes it is packed, some places at a time.
///
/// The table owns the elements: it retains each one when it is added and releases it when it is removed. Everything else
/// that names an element without retaining it (the list of its owner, a sorted window) forgets it before that.
final class ElementTable {
    /// Each retained once.
    private var dense: ContiguousArray<Unmanaged<Element>?> = []
    private var index = HashIndex()
    private let hash: ByteHash
    private var lastSerial: UInt64 = 0
    /// While the array is packed: up to where it is packed, and the next place to look at. Between them are holes.
    private var packing: (write: Int, read: Int)?
    /// How many of the elements are Methods.
    private(set) var methods = 0

    private let accounts: AccountTable
    private let restrictions = Restrictions()

    init(_ accounts: AccountTable, seed: UInt64) {
        self.accounts = accounts
        hash = ByteHash(seed: seed)
    }

    deinit { for element in dense { element?.release() } }

    // MARK: Finding elements

    /// How many elements there are.
    var count: Int { index.count }

    /// How many of them a peer may see or owns.
    func count(visibleTo peer: Peer) -> Int { count - restrictions.countHidden(from: peer) }

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

    // MARK: Changing the table

    /// Adds an element, whose path must be free, and charges its owner. Whether that may have it was checked before.
    ///
    /// - Parameter hash: The hash of the path.
    @inline(__always)
    func add(
        path: UnsafeRawBufferPointer, hash: UInt32, owner: Unmanaged<Peer>, value: UnsafeRawBufferPointer?,
        fetchOnly: Bool, details: Element.Details?
    ) -> Element {
        lastSerial &+= 1
        let element = Element.make(
            serial: lastSerial, path: path, hash: hash, owner: owner, value: value, fetchOnly: fetchOnly,
            details: details)
        element.place = dense.count
        index.insert(hash, place: element.place)
        if element.isMethod { methods &+= 1 }
        dense.append(Unmanaged.passRetained(element))
        owner._withUnsafeGuaranteedRef { owner in
            element.ownedPlace = owner.owned.count
            owner.owned.append(Unmanaged.passUnretained(element))
            accounts.add(.elements, 1, to: owner)
            accounts.add(.bytes, element.size, to: owner)
        }
        if let details { restrictions.add(details, ownedBy: owner) }
        return element
    }

    /// Removes an element from the table and from the list of its owner, which is charged for it no more.
    func remove(_ element: Element) {
        if let details = element.details { restrictions.remove(details, ownedBy: element.owner) }
        index.remove(element.hash, place: element.place)
        if element.isMethod { methods &-= 1 }
        let size = element.size
        dense[element.place]?.release()
        dense[element.place] = nil
        element.owner._withUnsafeGuaranteedRef { owner in
            accounts.add(.elements, -1, to: owner)
            accounts.add(.bytes, -size, to: owner)
            guard let last = owner.owned.popLast() else { return }
            last._withUnsafeGuaranteedRef { last in
                guard last !== element else { return }
                owner.owned[element.ownedPlace] = Unmanaged.passUnretained(last)
                last.ownedPlace = element.ownedPlace
            }
        }
    }

    // MARK: Packing

    /// Where places have moved to in one step of packing.
    struct Move {
        /// Up to this place nothing has moved; behind it there were only holes, up to `first`.
        fileprivate let kept: Int
        /// The first place that was looked at.
        fileprivate let first: Int
        /// Where the places from `first` on have moved to; a hole moves to where the next element is.
        fileprivate let moved: ContiguousArray<Int>

        /// Where a walk continues that was about to look at `place`.
        func place(of place: Int) -> Int {
            if place <= kept { return place }
            if place <= first { return kept }
            return place - first < moved.count ? moved[place - first] : place
        }
    }

    /// Whether the array is being packed, or should be: more than half of it is holes.
    var needsPacking: Bool { packing != nil || dense.count > 64 && dense.count > index.count &* 2 }

    /// Packs some places of the array.
    ///
    /// - Parameter most: How many places are looked at.
    func pack(most: Int) -> Move {
        var (write, read) = packing ?? (0, 0)
        let (kept, first) = (write, read)
        let end = min(read &+ most, dense.count)
        var moved = ContiguousArray<Int>()
        moved.reserveCapacity(end - read + 1)
        while read < end {
            moved.append(write)
            if let element = dense[read] {
                if write != read {
                    dense[write] = element
                    dense[read] = nil
                    element._withUnsafeGuaranteedRef { element in
                        index.move(element.hash, from: read, to: write)
                        element.place = write
                    }
                }
                write &+= 1
            }
            read &+= 1
        }
        moved.append(write)
        if read == dense.count {
            dense.removeLast(dense.count - write)
            // A list that has become much shorter gives its memory back.
            if dense.capacity > 4 * dense.count + 1024 { dense = ContiguousArray(dense[...]) }
            packing = nil
        } else {
            packing = (write, read)
        }
        return Move(kept: kept, first: first, moved: moved)
    }
}
