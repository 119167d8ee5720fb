/// The *agenda*: which fetchers have something to do later, the earliest first.
///
/// A time that has become too early is left as it is: the fetcher then looks what is due, finds nothing, and is put in
/// anew. So what happens often, a deadline that moves back, costs nothing.
struct Agenda: ~Copyable {
    private var heap = DeadlineHeap<Fetcher>()

    init() {}

    /// The earliest deadline, in nanoseconds; `nil` while nobody has anything to do.
    var nextDeadline: UInt64? { heap.first?.deadline }

    /// Puts a fetcher in, unless it stands there already.
    mutating func insert(_ fetcher: Fetcher, at deadline: UInt64) {
        guard fetcher.pacing != nil, fetcher.heapPlace == nil else { return }
        heap.insert(fetcher, at: deadline)
    }

    /// Takes a fetcher out, if it stands there.
    mutating func remove(_ fetcher: Fetcher) { heap.remove(fetcher) }

    /// Takes out a fetcher whose deadline is not after `now`.
    mutating func takeDue(at now: UInt64) -> Fetcher? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        heap.remove(first.item)
        return first.item
    }
}

extension Fetcher: Deadlined {
    /// Its place in the agenda. Only one with an interval stands there.
    var heapPlace: Int? {
        get { pacing?.agendaPlace }
        set { pacing?.agendaPlace = newValue }
    }
}
