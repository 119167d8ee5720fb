public import JetProtocol
import Synchronization

/// A fetch of this peer, as a sequence of events: first an `.add` for each element that is there, then what happens. It
/// is made by `Peer.fetch`.
///
///     let fetcher = try await peer.fetch(.path(startsWith: "net/"))
///     for try await event in fetcher {
///         print(event.kind, event.path, event.value ?? "")
///         if event.path == "net/enough" { try await fetcher.unfetch() }   // the loop ends
///     }
///     try await fetcher.fetch()                                           // everything is told anew
///
/// It is for one consumer: of several, each would get a part. The sequence ends after `unfetch` and when the peer closes;
/// it throws when the connection is lost for good. If the peer makes lost connections again, the sequence goes on: what
/// was changed meanwhile comes as `.change`, what has gone as `.remove`, what is as it was does not come.
///
/// A Fetcher that nobody keeps any more unfetches by itself.
public final class Fetcher<Value: Decodable & Sendable>: Sendable {
    /// What it is about.
    public let rule: FetchRule

    private let peer: Peer
    private let feed: FetchFeed
    private let phase = Mutex(Phase.idle)

    /// How it stands.
    private enum Phase {
        /// Nothing is fetched. Becomes `opening`.
        case idle
        /// The daemon is being asked. Becomes `fetching`, or `idle` if it refuses.
        case opening
        /// The daemon has a fetch with this id, or gets it again as soon as there is a connection. Becomes `idle`.
        case fetching(Int)
    }

    init(peer: Peer, rule: FetchRule, buffering: FetchBuffering) {
        self.peer = peer
        self.rule = rule
        feed = FetchFeed(buffering)
    }

    deinit {
        if case .fetching(let fetch) = phase.withLock({ $0 }) { peer.core.submit { $0.forgetFetch(fetch) } }
    }

    /// Whether events come, or will as soon as there is a connection.
    public var isFetching: Bool {
        guard case .fetching(let fetch) = phase.withLock({ $0 }) else { return false }
        return peer.core.look { $0.fetches[fetch] != nil }
    }

    /// Fetches again after an `unfetch`: an `.add` for each element that is there comes anew. What has not been consumed
    /// of the time before is dropped. Does nothing while it is fetching.
    ///
    /// - Throws: `.notConnected`, `.timeout`, `.closed`, or the daemon's refusal of the rule.
    public func fetch() async throws(JetError) {
        let isNew = phase.withLock { phase in
            switch phase {
            case .idle: break
            case .opening: return false
            case .fetching(let fetch): if peer.core.look({ $0.fetches[fetch] != nil }) { return false }
            }
            phase = .opening
            return true
        }
        guard isNew else { return }
        var rule = ObjectText()
        for member in self.rule.json { rule.append(member.name, member.value) }
        let (fetch, deadline) = (peer.core.newID(), peer.core.deadline())
        feed.reopen()
        do throws(JetError) {
            _ = try await peer.core.awaitAnswer { id, reply throws(JetError) in
                try peer.core.submit { session throws(JetError) in
                    try session.fetch(id, fetch, rule: rule.members, feed: feed, deadline: deadline, reply: reply)
                }
            }
            phase.withLock { $0 = .fetching(fetch) }
        } catch {
            phase.withLock { $0 = .idle }
            feed.finish(nil)
            throw error
        }
    }

    /// Ends the fetch. Nothing more comes from the daemon; what has come already can still be consumed, then the sequence
    /// ends. Does nothing if it is not fetching.
    ///
    /// - Throws: `.timeout`, `.closed`.
    public func unfetch() async throws(JetError) {
        let fetch = phase.withLock { phase -> Int? in
            guard case .fetching(let fetch) = phase else { return nil }
            phase = .idle
            return fetch
        }
        guard let fetch else { return }
        feed.finish(nil)
        let deadline = peer.core.deadline()
        _ = try await peer.core.awaitAnswer { id, reply throws(JetError) in
            let action = try peer.core.submit { session throws(JetError) in
                try session.unfetch(id, fetch, deadline: deadline, reply: reply)
            }
            if let action { peer.core.perform(action) }
        }
    }
}

extension Fetcher: AsyncSequence {
    /// What the sequence is of.
    public typealias Element = FetchEvent<Value>

    /// The events from now on that nobody has taken.
    public func makeAsyncIterator() -> Iterator { Iterator(fetcher: self) }

    /// Takes events.
    public struct Iterator: AsyncIteratorProtocol {
        // It keeps the Fetcher, and so the fetch: a loop over one that nobody else keeps goes on.
        private let fetcher: Fetcher
        private var isOver = false

        fileprivate init(fetcher: Fetcher) { self.fetcher = fetcher }

        /// The next event, as soon as there is one; `nil` when the fetch is over.
        ///
        /// - Throws: `.notConnected` if the connection is lost for good; `.cancelled` if the waiting task was cancelled.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(JetError) -> FetchEvent<Value>? {
            guard !isOver else { return nil }
            guard let notice = try await fetcher.feed.next() else {
                isOver = true
                return nil
            }
            return notice.event(as: Value.self)
        }
    }
}
