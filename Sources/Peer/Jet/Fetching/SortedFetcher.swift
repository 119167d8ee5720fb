public import JetProtocol

/// A sorted fetch of this peer, as a sequence of changes of its window: first all that is in it, then what becomes
/// different. It is made by `Peer.fetchSorted`. Most programs want `Peer.window`, which keeps the window for them.
///
///     let rule = FetchRule.path(startsWith: "player/").sorted(by: .value(.number), descending: true, to: 3)
///     for try await changes in try await peer.fetchSorted(rule, as: Int.self) {
///         for entry in changes.entries { board[entry.index] = entry.path }
///         board.clear(behind: changes.count)
///     }
///
/// It is for one consumer. The sequence ends after `unfetch` and when the peer closes; it throws when the connection is
/// lost for good. If the peer reconnects, the sequence goes on with the whole window: applied like
/// any other changes, it leaves nothing of what was there before.
///
/// A SortedFetcher ends its fetch when it is deallocated.
public final class SortedFetcher<Value: Decodable & Sendable>: Sendable {
    private let control: FetchControl<SortedQueue>

    init(peer: Peer, rule: FetchRule, sort: SortRule, buffering: FetchBuffering) {
        control = FetchControl(peer: peer, rule: rule, queue: SortedQueue(buffering, from: sort.from))
    }

    /// The rule that it fetches.
    public var rule: FetchRule { control.rule }

    /// Whether changes come, or will as soon as there is a connection.
    public var isFetching: Bool { control.isFetching }

    /// Fetches again after an `unfetch`: the whole window arrives again. What has not been consumed of the time
    /// before is dropped. Does nothing while it is fetching.
    ///
    /// - Throws: `.notConnected`, `.timeout`, `.closed`, or the daemon's refusal of the rule.
    public func fetch() async throws(JetError) { try await control.fetch() }

    /// Ends the fetch. The daemon sends nothing more; what has arrived can still be consumed, then the
    /// sequence ends. Does nothing if it is not fetching.
    ///
    /// - Throws: `.timeout`, `.closed`.
    public func unfetch() async throws(JetError) { try await control.unfetch() }

    /// The next changes.
    func next() async throws(JetError) -> SortedChanges<Value>? {
        guard let notice = try await control.feed.next() else { return nil }
        return SortedChanges(
            entries: notice.changes.map { $0.entry(as: Value.self) }, count: notice.count, total: notice.total)
    }
}

extension SortedFetcher: AsyncSequence {
    /// What the sequence is of.
    public typealias Element = SortedChanges<Value>

    /// The changes that have not been consumed.
    public func makeAsyncIterator() -> Iterator { Iterator(fetcher: self) }

    /// Takes changes.
    public struct Iterator: AsyncIteratorProtocol {
        // It keeps the fetcher, and so the fetch: a loop over a temporary one goes on.
        private let fetcher: SortedFetcher
        private var isOver = false

        fileprivate init(fetcher: SortedFetcher) { self.fetcher = fetcher }

        /// The next changes, as soon as there are some; `nil` when the fetch is over.
        ///
        /// - Throws: `.notConnected` if the connection is lost for good; `.cancelled` if the waiting task was
        ///   cancelled.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(JetError) -> SortedChanges<Value>? {
            guard !isOver else { return nil }
            let changes = try await fetcher.next()
            isOver = changes == nil
            return changes
        }
    }
}
