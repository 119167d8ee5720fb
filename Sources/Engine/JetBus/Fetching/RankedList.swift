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
            return 0
        }
        // The last block whose first entry comes before the new one, or the first block.
        let block = max(self.block(before: entry, precedes), 0)
        let place = partition(blocks[block].count) { precedes(blocks[block][$0], entry) }
        let rank = self.rank(of: place, in: block, limit: limit)
        blocks[block].insert(entry, at: place)
        if place == 0 { firstKeys[block] = entry.key }
        if blocks[block].count > Self.blockSize {
            let half = blocks[block].count / 2
            let tail = ContiguousArray(blocks[block][half...])
            blocks[block].removeSubrange(half...)
            blocks.insert(tail, at: block + 1)
            firstKeys.insert(tail[0].key, at: block + 1)
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
        count -= 1
        if blocks[block].isEmpty {
            blocks.remove(at: block)
            firstKeys.remove(at: block)
            return rank
        }
        if place == 0 { firstKeys[block] = blocks[block][0].key }
        if block + 1 < blocks.count, blocks[block].count + blocks[block + 1].count < Self.blockSize / 4 {
            blocks[block].append(contentsOf: blocks.remove(at: block + 1))
            firstKeys.remove(at: block + 1)
        }
        return rank
    }

    /// Calls `body` with the elements of these ranks, from 0, and their ranks. What is beyond the end is left out.
    func forEach(in ranks: Range<Int>, _ body: (Int, Element) -> Void) {
        var first = 0
        for block in blocks {
            if first >= ranks.upperBound { return }
            if first + block.count > ranks.lowerBound {
                let from = max(ranks.lowerBound - first, 0)
                let to = min(ranks.upperBound - first, block.count)
                for place in from..<to { body(first + place, block[place].element.takeUnretainedValue()) }
            }
            first += block.count
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
        var rank = place
        for earlier in 0..<block {
            rank += blocks[earlier].count
            if rank >= limit { return rank }
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
