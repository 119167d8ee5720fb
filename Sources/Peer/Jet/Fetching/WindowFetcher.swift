public import JetProtocol

/// A sorted window that is kept for you, as a sequence of windows: first as it is, then each time that it has become
/// different. It is made by `Peer.window`.
///
///     let rule = FetchRule.path(startsWith: "player/").sorted(by: .value(.number), descending: true, to: 3)
///     for try await best in try await peer.window(rule, as: Int.self) {
///         print(best.map { "\($0.index). \($0.path) \($0.value ?? 0)" }.joined(separator: "\n"))
///     }
///
/// A consumer that is slower than the window changes gets the newest one and misses those in between: only one waits,
/// however long. Two windows that follow each other are never equal, unless the `total` has changed. It is for one consumer; anybody may look at
/// `entries`. The sequence ends after `unfetch` and when the peer closes; it throws when the connection is lost for
/// good. If the peer reconnects, the sequence goes on with the window as it then is.
///
/// A WindowFetcher ends its fetch when it is deallocated.
public final class WindowFetcher<Value: Decodable & Sendable>: Sendable {
    private let control: FetchControl<WindowQueue>

    init(peer: Peer, rule: FetchRule, sort: SortRule) {
        control = FetchControl(peer: peer, rule: rule, queue: WindowQueue(from: sort.from))
    }

    /// The rule that it fetches.
    public var rule: FetchRule { control.rule }

    /// The window as far as it is known now, whether or not anybody has taken it from the sequence.
    public var entries: [SortedEntry<Value>] { Self.typed(control.feed.look(\.entries)) }

    /// How many elements satisfy the rule, as far as it is known now, if its `sort` says `includesTotal`.
    public var total: Int? { control.feed.look(\.total) }

    /// Moves the window to other places of the sorted list. The sequence goes on with the window that is there.
    ///
    ///     try await window.move(from: 61, to: 120)
    ///
    /// - Parameters:
    ///   - from: The first place that is wanted, from 1.
    ///   - to: The last place that is wanted.
    /// - Throws: `.invalidParams` with `badRule` for too many places; `.methodNotFound` from a daemon that does not have
    ///   this; `.notConnected`, `.timeout`, `.closed`, `.cancelled`.
    public func move(from: Int, to: Int) async throws(JetError) { try await control.move(from: from, to: to) }

    /// Whether the window is kept up to date, or will be as soon as there is a connection.
    public var isFetching: Bool { control.isFetching }

    /// Fetches again after an `unfetch`: the window arrives again. Does nothing while it is fetching.
    ///
    /// - Throws: `.notConnected`, `.timeout`, `.closed`, or the daemon's refusal of the rule.
    public func fetch() async throws(JetError) { try await control.fetch() }

    /// Ends the fetch. A window that waits can still be consumed, then the sequence ends; `entries` stays as it is.
    /// Does nothing if it is not fetching.
    ///
    /// - Throws: `.timeout`, `.closed`.
    public func unfetch() async throws(JetError) { try await control.unfetch() }

    /// The next window.
    func next() async throws(JetError) -> [SortedEntry<Value>]? { try await control.feed.next().map(Self.typed) }

    private static func typed(_ entries: [SortedNotice.Change]) -> [SortedEntry<Value>] {
        entries.map { $0.entry(as: Value.self) }
    }
}

extension WindowFetcher: AsyncSequence {
    /// What the sequence is of.
    public typealias Element = [SortedEntry<Value>]

    /// The windows that have not been consumed.
    public func makeAsyncIterator() -> Iterator { Iterator(fetcher: self) }

    /// Takes windows.
    public struct Iterator: AsyncIteratorProtocol {
        // It keeps the fetcher, and so the fetch: a loop over a temporary one goes on.
        private let fetcher: WindowFetcher
        private var isOver = false

        fileprivate init(fetcher: WindowFetcher) { self.fetcher = fetcher }

        /// The next window, as soon as it differs from the last one; `nil` when the fetch is over.
        ///
        /// - Throws: `.notConnected` if the connection is lost for good; `.cancelled` if the waiting task was
        ///   cancelled.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(JetError) -> [SortedEntry<Value>]? {
            guard !isOver else { return nil }
            let window = try await fetcher.next()
            isOver = window == nil
            return window
        }
    }
}
