import JetProtocol
import Synchronization

/// What all fetchers have in common: one rule, and a fetch of it that is begun, ended and begun again. It
/// notifies its listeners, and ends when the last reference to it is gone.
final class FetchControl<Queue: FeedQueue>: Sendable {
    /// The rule that it fetches.
    let rule: FetchRule
    /// Where what comes waits.
    let feed: Feed<Queue>

    private let core: PeerCore
    /// The peer stays connected for as long as somebody keeps a fetcher of it.
    private let peer: Peer
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

    init(peer: Peer, rule: FetchRule, queue: Queue) {
        self.peer = peer
        self.rule = rule
        core = peer.core
        feed = Feed(queue)
    }

    deinit {
        if case .fetching(let fetch) = phase.withLock({ $0 }) { core.submit { $0.forgetFetch(fetch) } }
    }

    /// Whether something comes, or will as soon as there is a connection.
    var isFetching: Bool {
        guard case .fetching(let fetch) = phase.withLock({ $0 }) else { return false }
        return core.look { $0.fetches[fetch] != nil }
    }

    /// Begins, unless it has begun.
    func fetch() async throws(JetError) {
        let isNew = phase.withLock { phase in
            switch phase {
            case .idle: break
            case .opening: return false
            case .fetching(let fetch): if core.look({ $0.fetches[fetch] != nil }) { return false }
            }
            phase = .opening
            return true
        }
        guard isNew else { return }
        var rule = ObjectText()
        for member in self.rule.json { rule.append(member.name, member.value) }
        let (fetch, deadline) = (core.newID(), core.deadline())
        feed.reopen()
        do throws(JetError) {
            _ = try await core.awaitAnswer { id, reply throws(JetError) in
                try core.submit { session throws(JetError) in
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

    /// Ends, unless it has ended.
    func unfetch() async throws(JetError) {
        let fetch = phase.withLock { phase -> Int? in
            guard case .fetching(let fetch) = phase else { return nil }
            phase = .idle
            return fetch
        }
        guard let fetch else { return }
        feed.finish(nil)
        let deadline = core.deadline()
        _ = try await core.awaitAnswer { id, reply throws(JetError) in
            let action = try core.submit { session throws(JetError) in
                try session.unfetch(id, fetch, deadline: deadline, reply: reply)
            }
            if let action { core.perform(action) }
        }
    }
}
