/// The *agenda*: which fetchers with an `interval` have something to do later, the earliest first (a binary heap). A fetcher stands in it at
/// most once, and knows where.
///
/// A time that has become too early is left as it is: the fetcher then looks what is due, finds nothing, and is put in
/// anew. So what happens often, a deadline that moves back, costs nothing.
struct Agenda: ~Copyable {
    private var heap: ContiguousArray<(deadline: UInt64, fetcher: Fetcher)> = []

    init() {}

    /// The earliest deadline, in nanoseconds; `nil` while nobody has anything to do.
    var nextDeadline: UInt64? { heap.first?.deadline }

    /// Puts a fetcher in, unless it stands there already.
    mutating func insert(_ fetcher: Fetcher, at deadline: UInt64) {
        guard let pacing = fetcher.pacing, pacing.agendaPlace == nil else { return }
        pacing.agendaPlace = heap.count
        heap.append((deadline, fetcher))
        rise(from: heap.count - 1)
    }

    /// Takes a fetcher out, if it stands there.
    mutating func remove(_ fetcher: Fetcher) {
        guard let place = fetcher.pacing?.agendaPlace else { return }
        fetcher.pacing?.agendaPlace = nil
        let last = heap.removeLast()
        guard place < heap.count else { return }
        heap[place] = last
        last.fetcher.pacing?.agendaPlace = place
        rise(from: place)
        sink(from: last.fetcher.pacing?.agendaPlace ?? place)
    }

    /// Takes out a fetcher whose deadline is not after `now`.
    mutating func takeDue(at now: UInt64) -> Fetcher? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        remove(first.fetcher)
        return first.fetcher
    }

    private mutating func rise(from start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard heap[place].deadline < heap[parent].deadline else { return }
            exchange(place, parent)
            place = parent
        }
    }

    private mutating func sink(from start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
                if heap[child].deadline < heap[least].deadline { least = child }
            }
            guard least != place else { return }
            exchange(place, least)
            place = least
        }
    }

    private mutating func exchange(_ left: Int, _ right: Int) {
        heap.swapAt(left, right)
        heap[left].fetcher.pacing?.agendaPlace = left
        heap[right].fetcher.pacing?.agendaPlace = right
    }
}
