import JetProtocol

/// A `get` that sorts (jet-protocol(7) §4.8). Elements may change between two turns, so it keeps what it has seen of each:
/// the key, and the rendered entry. It keeps only as many as the window reaches, in a heap with the last one on top.
final class SortedGetJob: Job {
    /// An element as it was when the walk met it.
    private struct Entry {
        let key: SortKey
        /// The rendered entry up to its index.
        let head: [UInt8]
        let fetchOnly: Bool
    }

    private let rule: FetchRule
    private let order: SortOrder
    private let id: [UInt8]
    private let peer: Peer
    private let elements: ElementTable
    private let delivery: Delivery
    private var walk: ElementWalk
    private var hasWalked = false
    /// The entries up to the end of the window: a heap, the last of them first.
    private var heap: ContiguousArray<Entry> = []
    /// What has left the heap after the walk: the last entry first.
    private var sorted: ContiguousArray<Entry> = []
    private var size = 0

    init(
        _ rule: FetchRule, _ sort: SortRule, id: UnsafeRawBufferPointer, of peer: Peer, _ elements: ElementTable,
        _ delivery: Delivery
    ) {
        self.rule = rule
        order = SortOrder(rule: sort, of: rule.path)
        self.id = Array(id)
        self.peer = peer
        self.elements = elements
        self.delivery = delivery
        walk = ElementWalk(rule.path)
    }

    private var first: Int { order.rule.from - 1 }
    private var end: Int { max(order.rule.to, first) }

    func proceed(_ slice: inout Slice) throws(ErrorObject) -> Bool {
        if !hasWalked {
            hasWalked = try walk.proceed(over: elements, for: peer, &slice) { element, slice throws(ErrorObject) in
                guard end > first, element.satisfies(rule, &slice.meter) else { return end > first }
                try note(element, &slice)
                return true
            }
            guard hasWalked else { return false }
        }
        while let last = heap.first {
            guard !slice.isExhausted else { return false }
            slice.add(200)
            if heap.count > first { sorted.append(last) }
            removeTop()
        }
        render()
        return true
    }

    private func note(_ element: Element, _ slice: inout Slice) throws(ErrorObject) {
        let key = order.sortKey(of: element)
        slice.add(100 + key.text.count / 2)
        let isFull = heap.count >= end
        if isFull, let last = heap.first, !order.precedes(key, last.key) { return }
        var head = RawBuffer()
        head.append(sortedEntryOf: element)
        let entry = Entry(key: key, head: Array(head.bytes), fetchOnly: element.isFetchOnly(for: peer))
        size += entry.head.count
        try delivery.check(resultSize: size)
        slice.add(300 + head.count / 4)
        if isFull { removeTop() }
        insert(entry)
    }

    private func render() {
        var result = RawBuffer()
        result.append("[")
        for (offset, entry) in sorted.reversed().enumerated() {
            if offset > 0 { result.append(",") }
            result.append(entry.head)
            result.append(sortedIndex: first + offset, fetchOnly: entry.fetchOnly)
        }
        result.append("]")
        id.withUnsafeBytes { delivery.respond(to: peer, id: $0, result: result.bytes) }
    }

    // MARK: The heap

    private func isAfter(_ left: Int, _ right: Int) -> Bool { order.precedes(heap[right].key, heap[left].key) }

    private func insert(_ entry: Entry) {
        heap.append(entry)
        var at = heap.count - 1
        while at > 0, isAfter(at, (at - 1) / 2) {
            heap.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    private func removeTop() {
        guard let last = heap.popLast() else { return }
        guard !heap.isEmpty else { return size = 0 }
        size -= heap[0].head.count
        heap[0] = last
        var at = 0
        while true {
            var top = at
            for child in [2 * at + 1, 2 * at + 2] where child < heap.count && isAfter(child, top) { top = child }
            guard top != at else { return }
            heap.swapAt(at, top)
            at = top
        }
    }

    func relocate(_ move: ElementTable.Move) { walk.relocate(move) }

    func cancel() {}
}
