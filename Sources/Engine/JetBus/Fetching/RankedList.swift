/// A sorted list that knows the rank of what it holds: entries in blocks of a few dozen, the blocks in an array.
///
/// Finding a place is a binary search over the blocks and one inside a block; putting something in moves part of one
/// block. Keys stand beside the entries, and those of the blocks' first entries in an array of their own, so that a search
/// touches no other memory than theirs, except for ties.
struct RankedList {
    /// A sort key that is compared without looking at the element, and the element. It is not retained: the bus's table
    /// holds it, and whatever leaves the table leaves all lists before. To count references would touch the memory of
    /// every element that a search passes.
    struct Entry {
        let key: UInt64
        let element: Unmanaged<Element>

        init(key: UInt64, element: Element) {
            self.key = key
            self.element = Unmanaged.passUnretained(element)
        }
    }

    private var blocks: [ContiguousArray<Entry>] = []
    /// The key of each block's first entry.
    private var firstKeys: ContiguousArray<UInt64> = []
    /// How many entries each block has: ranks are summed without a look at the blocks.
    private var counts: ContiguousArray<UInt16> = []
    private(set) var count = 0
    private static var blockSize: Int { 64 }

    init() {}

    /// A list of entries that are sorted already.
    init(sorted entries: [Entry]) {
        count = entries.count
        var rest = entries[...]
        while !rest.isEmpty {
            blocks.append(ContiguousArray(rest.prefix(Self.blockSize / 2)))
            firstKeys.append(blocks[blocks.count - 1][0].key)
            counts.append(UInt16(blocks[blocks.count - 1].count))
            rest = rest.dropFirst(Self.blockSize / 2)
        }
    }

    /// Puts an entry in.
    ///
    /// - Parameters:
    ///   - precedes: Whether the first of two entries comes before the second: by their keys, if these differ. Entries are
    ///     never equal.
    ///   - limit: Beyond which rank the exact one does not matter.
    /// - Returns: Its rank, from 0; some rank of at least `limit` if it is not before that.
    mutating func insert(_ entry: Entry, limit: Int, _ precedes: (Entry, Entry) -> Bool) -> Int {
        count += 1
        guard !blocks.isEmpty else {
            blocks = [[entry]]
            firstKeys = [entry.key]
            counts = [1]
            return 0
        }
        // The last block whose first entry comes before the new one, or the first block.
        let block = max(self.block(before: entry, precedes), 0)
        let place = partition(blocks[block].count) { precedes(blocks[block][$0], entry) }
        let rank = self.rank(of: place, in: block, limit: limit)
        blocks[block].insert(entry, at: place)
        counts[block] &+= 1
        if place == 0 { firstKeys[block] = entry.key }
        if blocks[block].count > Self.blockSize {
            let half = blocks[block].count / 2
            let tail = ContiguousArray(blocks[block][half...])
            blocks[block].removeSubrange(half...)
            blocks.insert(tail, at: block + 1)
            firstKeys.insert(tail[0].key, at: block + 1)
            counts[block] = UInt16(half)
            counts.insert(UInt16(tail.count), at: block + 1)
        }
        return rank
    }

    /// Takes an entry out.
    ///
    /// - Returns: Its rank, as `insert` gives it; `nil` if it is not in the list.
    mutating func remove(_ entry: Entry, limit: Int, _ precedes: (Entry, Entry) -> Bool) -> Int? {
        guard !blocks.isEmpty else { return nil }
        // The last block that begins with this entry or with one before it.
        let block = max(self.block(before: entry) { !precedes($1, $0) }, 0)
        let place = partition(blocks[block].count) { precedes(blocks[block][$0], entry) }
        guard place < blocks[block].count,
            blocks[block][place].element.toOpaque() == entry.element.toOpaque()
        else { return nil }
        let rank = self.rank(of: place, in: block, limit: limit)
        blocks[block].remove(at: place)
        counts[block] &-= 1
        count -= 1
        if blocks[block].isEmpty {
            blocks.remove(at: block)
            firstKeys.remove(at: block)
            counts.remove(at: block)
            return rank
        }
        if place == 0 { firstKeys[block] = blocks[block][0].key }
        if block + 1 < blocks.count, blocks[block].count + blocks[block + 1].count < Self.blockSize / 4 {
            blocks[block].append(contentsOf: blocks.remove(at: block + 1))
            firstKeys.remove(at: block + 1)
            counts[block] &+= counts.remove(at: block + 1)
        }
        return rank
    }

    /// Calls `body` with the elements of these ranks, from 0, and their ranks. What is beyond the end is left out.
    func forEach(in ranks: Range<Int>, _ body: (Int, Element) -> Void) {
        var (index, first) = block(at: ranks.lowerBound)
        while index < blocks.count, first < ranks.upperBound {
            let block = blocks[index]
            let from = max(ranks.lowerBound - first, 0)
            let to = min(ranks.upperBound - first, block.count)
            for place in from..<to { body(first + place, block[place].element.takeUnretainedValue()) }
            first += block.count
            index += 1
        }
    }

    /// The block that has the entry of a rank, and the rank of its first entry.
    private func block(at rank: Int) -> (index: Int, first: Int) {
        var (index, first) = (0, 0)
        while index + Self.stride <= counts.count {
            let next = first + sum(index..<index + Self.stride)
            guard next <= rank else { break }
            (index, first) = (index + Self.stride, next)
        }
        while index < counts.count, first + Int(counts[index]) <= rank {
            first += Int(counts[index])
            index += 1
        }
        return (index, first)
    }

    /// How many blocks are summed at once, by instructions for several numbers.
    private static var stride: Int { 64 }

    /// How many entries these blocks have, `stride` of them at most: fewer than 16 bits can count.
    @inline(__always)
    private func sum(_ blocks: Range<Int>) -> Int {
        counts.withUnsafeBufferPointer { counts in
            var sum: UInt16 = 0
            for index in blocks { sum &+= counts[index] }
            return Int(sum)
        }
    }

    /// The last block whose first entry `comesBefore` this one; -1 if none does.
    @inline(__always)
    private func block(before entry: Entry, _ comesBefore: (Entry, Entry) -> Bool) -> Int {
        partition(blocks.count) { index in
            let key = firstKeys[index]
            return key == entry.key ? comesBefore(blocks[index][0], entry) : key < entry.key
        } - 1
    }

    private func rank(of place: Int, in block: Int, limit: Int) -> Int {
        var (rank, index) = (place, 0)
        while index < block, rank < limit {
            let end = min(index + Self.stride, block)
            rank += sum(index..<end)
            index = end
        }
        return rank
    }

    /// How many of the first numbers up to `count` satisfy `isBefore`, which holds up to some number and not from there
    /// on.
    private func partition(_ count: Int, _ isBefore: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low &+ high) / 2
            if isBefore(middle) { low = middle &+ 1 } else { high = middle }
        }
        return low
    }
}
