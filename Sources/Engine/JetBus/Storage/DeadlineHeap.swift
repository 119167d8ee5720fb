/// What can stand in a `DeadlineHeap`.
protocol DeadlineHeapItem: AnyObject {
    /// Where it stands in the heap, if it does; the heap alone changes it.
    var heapPlace: Int? { get set }
}

/// Things with deadlines, the earliest first: a binary heap from which each thing can be taken, as it knows where it
/// stands. A thing stands in it at most once.
struct DeadlineHeap<Item: DeadlineHeapItem>: ~Copyable {
    private var entries: ContiguousArray<(deadline: UInt64, item: Item)> = []

    init() {}

    var count: Int { entries.count }

    /// All that stand in it, in no order.
    var items: [Item] { entries.map(\.item) }

    /// What has the earliest deadline, and when that is.
    var first: (deadline: UInt64, item: Item)? { entries.first }

    /// Puts something in that does not stand in it.
    mutating func insert(_ item: Item, at deadline: UInt64) {
        item.heapPlace = entries.count
        entries.append((deadline, item))
        rise(from: entries.count - 1)
    }

    /// Takes something out, if it stands in it.
    mutating func remove(_ item: Item) {
        guard let place = item.heapPlace else { return }
        item.heapPlace = nil
        let last = entries.removeLast()
        guard place < entries.count else { return }
        entries[place] = last
        last.item.heapPlace = place
        rise(from: place)
        sink(from: last.item.heapPlace ?? place)
    }

    private mutating func rise(from start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard entries[place].deadline < entries[parent].deadline else { return }
            exchange(place, parent)
            place = parent
        }
    }

    private mutating func sink(from start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < entries.count {
                if entries[child].deadline < entries[least].deadline { least = child }
            }
            guard least != place else { return }
            exchange(place, least)
            place = least
        }
    }

    private mutating func exchange(_ left: Int, _ right: Int) {
        entries.swapAt(left, right)
        entries[left].item.heapPlace = left
        entries[right].item.heapPlace = right
    }
}
