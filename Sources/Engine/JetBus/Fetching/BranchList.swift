import Glibc

/// The names that a `branches` has met, each once and in order, with the number of elements at or below each.
///
/// They lie in blocks of a few dozen, so that nothing has to be sorted or moved as a whole, however many there are. The
/// bytes of the names lie one behind the other in chunks: elements may be removed while others are still being looked at.
struct BranchList {
    /// What element has exactly the name, if one has.
    enum Kind: UInt8 {
        case none, state, method
    }

    /// One name.
    struct Branch {
        /// The first eight bytes of the name, ordered as they are. It decides most comparisons.
        fileprivate let key: UInt64
        fileprivate let chunk: UInt32
        fileprivate let offset: UInt32
        fileprivate let length: UInt32
        /// How many elements have this name, or one below it.
        fileprivate(set) var elements: UInt32
        fileprivate(set) var kind: Kind
    }

    private var blocks: [ContiguousArray<Branch>] = []
    /// The key of each block's first branch.
    private var firstKeys: ContiguousArray<UInt64> = []
    private var chunks: [ContiguousArray<UInt8>] = []
    /// Where the last name was found: the next element mostly has the same one.
    private var last = (block: 0, place: 0)
    /// How many names there are.
    private(set) var count = 0
    /// How many bytes of memory it takes, about.
    private(set) var size = 0

    private static var blockSize: Int { 64 }
    private static var largestChunk: Int { 64 << 10 }

    init() {}

    /// Counts an element.
    ///
    /// - Returns: The work, in units of about a nanosecond.
    mutating func add(_ name: UnsafeRawBufferPointer, _ kind: Kind) -> Int {
        let key = Self.key(of: name)
        if count > 0, order(of: name, key, to: blocks[last.block][last.place]) == 0 {
            note(kind)
            return 15 + name.count / 16
        }
        guard count > 0 else {
            begin(block: 0)
            insert(name, key, kind, block: 0, place: 0)
            return 500
        }
        // The last block that does not begin behind the name, or the first block.
        let block = max(partition(blocks.count) { isBehind(name, key, $0) } - 1, 0)
        let place = partition(blocks[block].count) { order(of: name, key, to: blocks[block][$0]) > 0 }
        if place < blocks[block].count, order(of: name, key, to: blocks[block][place]) == 0 {
            last = (block, place)
            note(kind)
            return 150 + name.count / 8
        }
        insert(name, key, kind, block: block, place: place)
        return 300 + name.count / 4
    }

    private mutating func note(_ kind: Kind) {
        blocks[last.block][last.place].elements &+= 1
        if kind != .none { blocks[last.block][last.place].kind = kind }
    }

    // MARK: Names

    /// The bytes of a name. They are valid during `body`.
    func withName<Result>(of branch: Branch, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        chunks[Int(branch.chunk)].withUnsafeBytes { chunk in
            body(UnsafeRawBufferPointer(rebasing: chunk[Int(branch.offset)..<Int(branch.offset + branch.length)]))
        }
    }

    private static func key(of name: UnsafeRawBufferPointer) -> UInt64 {
        if name.count >= 8 { return UInt64(bigEndian: name.loadUnaligned(as: UInt64.self)) }
        var key: UInt64 = 0
        for byte in name { key = key << 8 | UInt64(byte) }
        return name.isEmpty ? 0 : key << UInt64(8 * (8 - name.count))
    }

    /// Below 0 if a name comes before that of a branch, 0 if they are the same, above 0 if it comes behind.
    private func order(of name: UnsafeRawBufferPointer, _ key: UInt64, to branch: Branch) -> Int {
        if key != branch.key { return key < branch.key ? -1 : 1 }
        let difference = name.count - Int(branch.length)
        guard name.count > 8, branch.length > 8 else { return difference }
        return withName(of: branch) { other in
            guard let left = name.baseAddress, let right = other.baseAddress else { return difference }
            let order = memcmp(left, right, min(name.count, other.count))
            return order == 0 ? difference : Int(order)
        }
    }

    /// Whether a name is that of the first branch of a block, or comes behind it.
    private func isBehind(_ name: UnsafeRawBufferPointer, _ key: UInt64, _ block: Int) -> Bool {
        key == firstKeys[block] ? order(of: name, key, to: blocks[block][0]) >= 0 : key > firstKeys[block]
    }

    private mutating func store(_ name: UnsafeRawBufferPointer) -> (chunk: UInt32, offset: UInt32) {
        if chunks.isEmpty || chunks[chunks.count - 1].capacity - chunks[chunks.count - 1].count < name.count {
            var chunk = ContiguousArray<UInt8>()
            chunk.reserveCapacity(max(name.count, min(512 << min(chunks.count, 7), Self.largestChunk)))
            size += chunk.capacity + 64
            chunks.append(chunk)
        }
        let chunk = chunks.count - 1
        let offset = chunks[chunk].count
        chunks[chunk].append(contentsOf: name)
        return (UInt32(truncatingIfNeeded: chunk), UInt32(truncatingIfNeeded: offset))
    }

    // MARK: Blocks

    private mutating func insert(
        _ name: UnsafeRawBufferPointer, _ key: UInt64, _ kind: Kind, block: Int, place: Int
    ) {
        let (chunk, offset) = store(name)
        let branch = Branch(
            key: key, chunk: chunk, offset: offset, length: UInt32(truncatingIfNeeded: name.count), elements: 1,
            kind: kind)
        count += 1
        last = (block, place)
        if blocks[block].count == Self.blockSize {
            // Behind the last one of all, a new block stays full of what comes in order.
            let half = block == blocks.count - 1 && place == Self.blockSize ? place : Self.blockSize / 2
            let tail = ContiguousArray(blocks[block][half...])
            blocks[block].removeSubrange(half...)
            begin(block: block + 1)
            blocks[block + 1].append(contentsOf: tail)
            if let first = tail.first { firstKeys[block + 1] = first.key }
            if place > half || tail.isEmpty { last = (block + 1, place - half) }
        }
        blocks[last.block].insert(branch, at: last.place)
        if last.place == 0 { firstKeys[last.block] = key }
    }

    private mutating func begin(block: Int) {
        var branches = ContiguousArray<Branch>()
        branches.reserveCapacity(Self.blockSize)
        blocks.insert(branches, at: block)
        firstKeys.insert(0, at: block)
        size += Self.blockSize * MemoryLayout<Branch>.stride + 64
    }

    /// How many of the first numbers up to `count` satisfy `isBefore`, which holds up to some number and not from there
    /// on.
    private func partition(_ count: Int, _ isBefore: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low &+ high) / 2
            if isBefore(middle) { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    // MARK: Reading

    /// A place in the list, which must not change meanwhile.
    struct Cursor {
        fileprivate var block: Int
        fileprivate var place: Int
    }

    /// Where the branch of a rank, from 0, lies; the end if there is none.
    func cursor(at rank: Int) -> Cursor {
        var rest = rank
        for block in blocks.indices {
            if rest < blocks[block].count { return Cursor(block: block, place: rest) }
            rest -= blocks[block].count
        }
        return Cursor(block: blocks.count, place: 0)
    }

    /// The branch at a cursor, which moves on behind it; `nil` at the end.
    func next(_ cursor: inout Cursor) -> Branch? {
        guard cursor.block < blocks.count else { return nil }
        let branch = blocks[cursor.block][cursor.place]
        cursor.place += 1
        if cursor.place == blocks[cursor.block].count { cursor = Cursor(block: cursor.block + 1, place: 0) }
        return branch
    }
}
