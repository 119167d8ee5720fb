import JSONText
import JetProtocol

/// `fetch`, `unfetch` and `get` (jet-protocol(7) §2 and §4), and the end of fetches.
final class FetchRequests {
    private let elements: ElementTable
    private let fetchers: FetcherTable
    private let delivery: Delivery
    private let snapshots: Snapshots
    private let windows: SortedWindows
    private let timers: FetchTimers
    private let walkLimit: Int
    /// How many elements the gets of the message that is being handled have walked over.
    private var walked = 0

    init(
        _ elements: ElementTable, _ fetchers: FetcherTable, _ delivery: Delivery, _ snapshots: Snapshots,
        _ windows: SortedWindows, _ timers: FetchTimers, walkLimit: Int
    ) {
        self.elements = elements
        self.fetchers = fetchers
        self.delivery = delivery
        self.snapshots = snapshots
        self.windows = windows
        self.timers = timers
        self.walkLimit = walkLimit
    }

    // MARK: fetch

    func fetch(_ request: borrowing Request) throws(ErrorObject) {
        let peer = request.peer
        let id = try request.fetchID()
        guard peer.fetchers[id] == nil else { throw .invalidParams(.fetchIdInUse, id.text) }
        let rule = try request.rule()
        guard rule.limit == nil || rule.interval == nil else {
            throw .badRule(RuleError(at: "interval", "goes with max only in a fetch that sorts"))
        }
        let ruleSize = request.message.params.map(\.count) ?? 0
        let fetcher = try fetchers.add(of: peer, id: id, rule: rule, ruleSize: ruleSize)
        delivery.succeed(request)
        if fetcher.window != nil {
            windows.fill(fetcher, fetchers, elements)
        } else {
            peer.snapshots.append(fetcher)
            resume(peer)
        }
    }

    func unfetch(_ request: borrowing Request) throws(ErrorObject) {
        let id = try request.fetchID()
        if let fetcher = request.peer.fetchers[id] { end(fetcher) }
        delivery.succeed(request)
    }

    /// Ends all fetches of a peer.
    func endAll(of peer: Peer) {
        peer.snapshots = []
        // The last one first, as it is the last one of all lists.
        for fetcher in peer.fetchers.inOrder.reversed() { end(fetcher) }
    }

    private func end(_ fetcher: Fetcher) {
        timers.remove(fetcher)
        if fetcher.cursor != nil { fetcher.peer.takeUnretainedValue().snapshots.removeAll { $0 === fetcher } }
        fetchers.end(fetcher, elements)
    }

    /// Sends a peer that keeps up more of what waits for it: first what its outbox had no room for, then its snapshots.
    func resume(_ peer: Peer) {
        windows.resume(peer)
        delivery.resumeConflated(peer)
        if !peer.output.isConflating { snapshots.resume(peer) }
    }

    // MARK: get

    /// A new message is handled: its gets may walk over the elements again.
    @inline(__always)
    func beginMessage() { walked = 0 }

    func get(_ request: borrowing Request) throws(ErrorObject) {
        let rule = try request.rule()
        let peer = request.peer
        guard let id = request.id else { return }
        guard walked < walkLimit else { throw .limitExceeded(.walk, max: walkLimit) }
        walked += elements.end
        delivery.withBuffer { result in
            if let sort = rule.sort {
                appendSorted(rule, sort, for: peer, to: &result)
            } else {
                append(rule, for: peer, to: &result)
            }
            delivery.respond(to: peer, id: id, result: result.bytes)
        }
    }

    private func append(_ rule: FetchRule, for peer: Peer, to result: inout RawBuffer) {
        result.append("[")
        var rest = rule.limit ?? .max
        elements.forEach(satisfying: rule, visibleTo: peer) { element in
            guard rest > 0, element.satisfies(rule) else { return }
            rest -= 1
            if result.count > 1 { result.append(",") }
            result.append(.add, of: element, fetchOnly: element.isFetchOnly(for: peer))
        }
        result.append("]")
    }

    private func appendSorted(_ rule: FetchRule, _ sort: SortRule, for peer: Peer, to result: inout RawBuffer) {
        let window = SortedWindow(sort)
        var entries: [RankedList.Entry] = []
        elements.forEach(satisfying: rule, visibleTo: peer) { element in
            if element.satisfies(rule) { entries.append(window.order.entry(of: element)) }
        }
        window.fill(entries)
        result.append(window.occupied, of: window, for: peer)
    }
}
