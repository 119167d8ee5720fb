import JetProtocol

/// What a sorted fetcher keeps: all that satisfies its rule, in order, and what the peer was sent of its window.
final class SortedWindow {
    let order: SortOrder
    private(set) var list = RankedList()
    /// The first and the last place of the window, from 1; see `SortRule`. `place(from:to:)` moves them.
    private(set) var from: Int
    private(set) var to: Int
    /// Whether the peer is sent how many entries the list has.
    let includesTotal: Bool
    /// Whether all that satisfies the rule is in it. Before, it is not sent.
    var isComplete = false
    /// How many entries the window had when it was last sent.
    var sentCount = 0
    /// How many entries the list had then.
    var sentTotal = 0
    /// The rank, before the change, of the element that is being changed; `nil` if it was not in the list.
    var rankBeforeChange: Int?
    /// Whether the whole window must be sent, because the outbox was full or the interval is not over.
    var isStale = false
    /// Whether its fetcher is in `Peer.staleWindows`, even if the window was sent meanwhile.
    var isQueued = false

    init(_ rule: SortRule) {
        order = SortOrder(rule: rule)
        (from, to) = (rule.from, rule.to)
        includesTotal = rule.includesTotal
    }

    /// Puts the window elsewhere in the order.
    func place(from: Int, to: Int) { (self.from, self.to) = (from, to) }

    /// The ranks of the window, from 0, as if the list had no end.
    private var ranks: Range<Int> {
        let first = from - 1
        return first..<max(to, first)
    }

    /// How many entries the window has: `max(0, min(to, total) - from + 1)`.
    var count: Int { max(0, min(to, list.count) - from + 1) }

    /// The ranks of the entries that the window has.
    var occupied: Range<Int> { ranks.lowerBound..<ranks.lowerBound + count }

    /// Whether the peer would notice that the numbers of entries are not those that it was sent.
    var hasOtherCounts: Bool { count != sentCount || includesTotal && list.count != sentTotal }

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
