import JetProtocol

/// The beginning of a sorted fetch (jet-protocol(7) §4): puts all that satisfies the rule in order and sends the window.
///
/// What it has met is in the window from then on, and moves there when it changes; but nothing is sent before the window is
/// complete.
final class SortedFillJob: Job {
    private let fetcher: Fetcher
    private let window: SortedWindow
    private let peer: Peer
    private let elements: ElementTable
    private let fetchers: FetcherTable
    private let windows: SortedWindows
    private var walk: ElementWalk
    /// What the first slice meets: it is sorted at once, which is faster than putting in one after the other.
    private var met: [RankedList.Entry] = []
    private var isFirstSlice = true

    init(
        _ fetcher: Fetcher, _ window: SortedWindow, _ elements: ElementTable, _ fetchers: FetcherTable,
        _ windows: SortedWindows
    ) {
        self.fetcher = fetcher
        self.window = window
        peer = fetcher.peer.takeUnretainedValue()
        self.elements = elements
        self.fetchers = fetchers
        self.windows = windows
        walk = ElementWalk(fetcher.rule.path)
    }

    func proceed(_ slice: inout Slice) throws(ErrorObject) -> Bool {
        let isDone = try walk.proceed(over: elements, for: peer, &slice) { element, slice throws(ErrorObject) in
            guard fetchers.addInterest(of: fetcher, in: element, &slice) else { return true }
            slice.add(300)
            if isFirstSlice { met.append(window.order.entry(of: element)) } else { _ = window.insert(element) }
            return true
        }
        if isFirstSlice {
            window.fill(met)
            met = []
            isFirstSlice = false
        }
        guard isDone else { return false }
        windows.sendFirst(fetcher, window)
        return true
    }

    func relocate(_ move: ElementTable.Move) { walk.relocate(move) }

    /// Ends the fetch: it cannot be served.
    func cancel() { if fetcher.isActive { fetchers.end(fetcher) } }
}
