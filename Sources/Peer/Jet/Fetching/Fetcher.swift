public import JetProtocol

/// A fetch of this peer, as a sequence of events: first an `.add` for each element that is there, then what happens. It
/// is made by `Peer.fetch`.
///
///     let fetcher = try await peer.fetch(.path(startsWith: "net/"))
///     for try await event in fetcher {
///         print(event.kind, event.path, event.value ?? "")
///         if event.path == "net/enough" { try await fetcher.unfetch() }   // the loop ends
///     }
///     try await fetcher.fetch()                                           // all elements are sent again
///
/// It is for one consumer: of several, each would get a part. The sequence ends after `unfetch` and when the peer
/// closes; it throws when the connection is lost for good. If the peer makes lost connections again, the sequence goes
/// on: what was changed meanwhile comes as `.change`, what has gone as `.remove`, what is as it was does not come.
///
/// A Fetcher ends its fetch when it is deallocated.
public final class Fetcher<Value: Decodable & Sendable>: Sendable {
    private let control: FetchControl<NoticeQueue>

    init(peer: Peer, rule: FetchRule, buffering: FetchBuffering) {
        control = FetchControl(peer: peer, rule: rule, queue: NoticeQueue(buffering))
    }

    /// The rule that it fetches.
    public var rule: FetchRule { control.rule }

    /// Whether events come, or will as soon as there is a connection.
    public var isFetching: Bool { control.isFetching }

    /// Fetches again after an `unfetch`: an `.add` for each existing element arrives again. What has not been consumed
    /// of the time before is dropped. Does nothing while it is fetching.
    ///
    /// - Throws: `.notConnected`, `.timeout`, `.closed`, or the daemon's refusal of the rule.
    public func fetch() async throws(JetError) { try await control.fetch() }

    /// Ends the fetch. The daemon sends nothing more; what has arrived can still be consumed, then the
    /// sequence ends. Does nothing if it is not fetching.
    ///
    /// - Throws: `.timeout`, `.closed`.
    public func unfetch() async throws(JetError) { try await control.unfetch() }

    /// The next event.
    func next() async throws(JetError) -> FetchEvent<Value>? { try await control.feed.next()?.event(as: Value.self) }
}

extension Fetcher: AsyncSequence {
    /// What the sequence is of.
    public typealias Element = FetchEvent<Value>

    /// The events that have not been consumed.
    public func makeAsyncIterator() -> Iterator { Iterator(fetcher: self) }

    /// Takes events.
    public struct Iterator: AsyncIteratorProtocol {
        // It keeps the Fetcher, and so the fetch: a loop over a temporary one goes on.
        private let fetcher: Fetcher
        private var isOver = false

        fileprivate init(fetcher: Fetcher) { self.fetcher = fetcher }

        /// The next event, as soon as there is one; `nil` when the fetch is over.
        ///
        /// - Throws: `.notConnected` if the connection is lost for good; `.cancelled` if the waiting task was
        ///   cancelled.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(JetError) -> FetchEvent<Value>? {
            guard !isOver else { return nil }
            let event = try await fetcher.next()
            isOver = event == nil
            return event
        }
    }
}
