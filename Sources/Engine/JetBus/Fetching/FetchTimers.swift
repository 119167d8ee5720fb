/// Which fetchers with an `interval` have something to do later, the earliest first.
///
/// A fetcher whose deadline moves back keeps its entry: when that is over, the fetcher has nothing to send and gets a new
/// entry. So what happens often costs nothing.
final class FetchTimers {
    private var heap = DeadlineHeap<Fetcher>()

    init() {}

    /// The earliest deadline, in nanoseconds; `nil` if there is none.
    var nextDeadline: UInt64? { heap.first?.deadline }

    /// Schedules a fetcher for the deadline of its pacing, unless it is scheduled already.
    func schedule(_ fetcher: Fetcher) {
        guard let deadline = fetcher.pacing?.deadline, fetcher.heapPlace == nil else { return }
        heap.insert(fetcher, at: deadline)
    }

    /// Removes a fetcher, if it is scheduled.
    func remove(_ fetcher: Fetcher) { heap.remove(fetcher) }

    /// Removes and returns a fetcher whose deadline is not after `now`.
    func takeExpired(at now: UInt64) -> Fetcher? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        heap.remove(first.item)
        return first.item
    }
}

extension Fetcher: DeadlineHeapItem {
    /// Its place in the heap. Only a fetcher with an interval is in it.
    var heapPlace: Int? {
        get { pacing?.timerPlace }
        set { pacing?.timerPlace = newValue }
    }
}
