import JetProtocol
import Synchronization

/// What all fetchers have in common: one rule, and a fetch of it that is begun, ended and begun again. It
/// notifies its listeners, and ends when the last reference to it is gone.
final class FetchControl<Queue: FeedQueue>: Sendable {
    /// The rule that it fetches.
    var rule: FetchRule { currentRule.withLock { $0 } }
    /// Where what comes waits.
    let feed: Feed<Queue>

    private let core: PeerCore
    /// The peer stays connected for as long as somebody keeps a fetcher of it.
    private let peer: Peer
    private let phase = Mutex(Phase.idle)
    private let currentRule: Mutex<FetchRule>

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
        currentRule = Mutex(rule)
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
        let rule = rule
        let (fetch, deadline) = (core.newID(), core.deadline())
        feed.reopen()
        do throws(JetError) {
            _ = try await core.awaitAnswer { id, reply throws(JetError) in
                try core.submit { session throws(JetError) in
                    try session.fetch(
                        id, fetch, rule: rule.members, from: rule.sort?.from, feed: feed, deadline: deadline,
                        reply: reply)
                }
            }
            phase.withLock { $0 = .fetching(fetch) }
        } catch {
            phase.withLock { $0 = .idle }
            feed.finish(nil)
            throw error
        }
    }

    /// Moves the window of a rule that sorts.
    func move(from: Int, to: Int) async throws(JetError) {
        var rule = rule
        rule.sort?.from = from
        rule.sort?.to = to
        if case .fetching(let fetch) = phase.withLock({ $0 }), core.look({ $0.fetches[fetch] != nil }) {
            let (members, deadline) = (rule.members, core.deadline())
            _ = try await core.awaitAnswer { id, reply throws(JetError) in
                try core.submit { session throws(JetError) in
                    try session.moveWindow(
                        id, fetch, from: from, to: to, rule: members, deadline: deadline, reply: reply)
                }
            }
        }
        currentRule.withLock { [rule] in $0 = rule }
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

extension FetchRule {
    /// The members of the rule, as text.
    fileprivate var members: [UInt8] {
        var text = ObjectText()
        for member in json { text.append(member.name, member.value) }
        return text.members
    }
}
