import JetProtocol

/// What a sorted fetcher keeps: all that satisfies its rule, in order, and what the peer was sent of its window.
final class SortedWindow {
    let order: SortOrder
    private(set) var list = RankedList()
    /// Whether all that satisfies the rule is in it. Before, it is not sent.
    var isComplete = false
    /// How many entries the window had when it was last sent.
    var sentCount = 0
    /// The rank, before the change, of the element that is being changed; `nil` if it was not in the list.
    var rankBeforeChange: Int?
    /// Whether the whole window must be sent, because the outbox was full or the interval is not over.
    var isStale = false
    /// Whether its fetcher is in `Peer.staleWindows`, even if the window was sent meanwhile.
    var isQueued = false

    init(_ rule: SortRule) { order = SortOrder(rule: rule) }

    /// The ranks of the window, from 0, as if the list had no end.
    private var ranks: Range<Int> {
        let first = order.rule.from - 1
        return first..<max(order.rule.to, first)
    }

    /// How many entries the window has: `max(0, min(to, total) - from + 1)`.
    var count: Int { max(0, min(order.rule.to, list.count) - order.rule.from + 1) }

    /// The ranks of the entries that the window has.
    var occupied: Range<Int> { ranks.lowerBound..<ranks.lowerBound + count }

    /// From this rank on, ranks need not be exact.
    private var limit: Int { ranks.upperBound }

    /// The ranks inside the window whose entries differ from before, after an entry moved from one rank to another, was
    /// inserted or was removed.
    func changed(from old: Int?, to new: Int?) -> Range<Int> {
        let affected: Range<Int>
        switch (old, new) {
        case (let old?, let new?): affected = min(old, new)..<max(old, new) + 1
        case (let rank?, nil), (nil, let rank?): affected = rank..<Int.max
        case (nil, nil): affected = 0..<0
        }
        return affected.clamped(to: occupied)
    }

    /// Replaces all entries. They may come in any order.
    func fill(_ entries: [RankedList.Entry]) {
        list = RankedList(sorted: entries.sorted(by: order.precedes))
    }

    func insert(_ element: Element) -> Int {
        list.insert(order.entry(of: element), limit: limit, order.precedes)
    }

    func remove(_ element: Element) -> Int? {
        list.remove(order.entry(of: element), limit: limit, order.precedes)
    }
}
