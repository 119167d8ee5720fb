import JetProtocol

/// What a sorted fetcher keeps: all that satisfies its rule, in order, and what the peer was told of its window.
final class SortedWindow {
    let order: SortOrder
    var list = RankedList()
    /// How many entries the peer was last told that the window has.
    var toldCount = 0
    /// Where the element stood that is being changed; `nil` if it was not in the list.
    var rankBeforeChange: Int?
    /// Whether the peer has to be told the whole window, since its outbox was full.
    var isStale = false
    /// Whether it stands in its peer's list of stale windows, even if it was told meanwhile.
    var isInLine = false

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
    var limit: Int { ranks.upperBound }

    /// The ranks inside the window whose entries are others than before, when an entry went from one rank to another,
    /// or came, or went.
    func changed(from old: Int?, to new: Int?) -> Range<Int> {
        let affected: Range<Int>
        switch (old, new) {
        case (let old?, let new?): affected = min(old, new)..<max(old, new) + 1
        case (let rank?, nil), (nil, let rank?): affected = rank..<Int.max
        case (nil, nil): affected = 0..<0
        }
        return affected.clamped(to: occupied)
    }

    /// Begins anew with these entries, in whatever order they come.
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
