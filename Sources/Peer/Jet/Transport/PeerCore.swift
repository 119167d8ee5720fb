import JSONText
import JetProtocol
import Logging
import Moments
import NIOCore
import Synchronization

/// *What the session decides, done*: the one lock around it, the event loop, the connection.
///
/// Callers on any thread enter the session under the lock; that is also where the text of their message joins the
/// outbox, so that the order of calls is the order on the wire. The first message of a loop turn schedules one flush,
/// and all that gathers until then is one write. Actions are carried out outside the lock. What comes in is read on the
/// loop, values are decoded by those who wait for them.
final class PeerCore: Sendable {
    typealias Reply = @Sendable (Result<[UInt8], JetError>) -> Void
    typealias Session = Jet.Session<Reply, ElementHandle, any FetchListener>

    struct State: Sendable {
        var session: Session
        /// The connection, while there is one.
        var channel: (any Channel)?
        /// When it was made.
        var connectedAt: Duration = .zero
        /// Whether the loop will flush anyway.
        var isFlushScheduled = false
        /// The tasks that wait until everything is written.
        var flushWaiters: [CheckedContinuation<Void, Never>] = []
        /// The timer for `session.nextDeadline`.
        var timer: (due: Duration, task: Scheduled<Void>)?
        var backoff: Backoff
        /// Why the connection is ending, if that is known before it ends.
        var endReason: JetError?
        /// Why a connection has ended before it was used.
        var earlyCause: (any Error)?
        /// Whether `close` was called.
        var isClosing = false
        /// Whether closing does not wait for the daemon to hang up.
        var hangsUpFirst = false
    }

    let endpoint: Endpoint
    let configuration: Peer.Configuration
    let loop: any EventLoop
    let events = Broadcast<ConnectionEvent>()
    let state: Mutex<State>
    private let origin = ContinuousClock.now

    init(endpoint: Endpoint, configuration: Peer.Configuration, loop: any EventLoop) {
        self.endpoint = endpoint
        self.configuration = configuration
        self.loop = loop
        let session = Session(
            Session.Settings(
                name: configuration.name, reconnects: configuration.reconnect.isWanted,
                requestTimeout: configuration.requestTimeout.bounded, outboxLimit: configuration.outboxLimit,
                messageLimit: configuration.encoding == .json
                    ? configuration.messageLimit : MessagePackHandler.longestJSON(of: configuration.messageLimit),
                demandsLogin: endpoint.isSecure))
        state = Mutex(State(session: session, backoff: configuration.reconnect.backoff))
    }

    /// The time as the session counts it.
    var now: Duration { origin.duration(to: .now) }

    var logger: Logger? { configuration.logger }

    /// Enters the session. What it wants to send is sent.
    func submit<Result: Sendable, Failure: Error>(
        _ body: (inout Session) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let (result, needsFlush) = try state.withLock { state throws(Failure) in
            let result = try body(&state.session)
            return (result, state.scheduleFlush())
        }
        if needsFlush { loop.execute { self.flush() } }
        return result
    }

    /// Looks into the session.
    func look<Result: Sendable>(_ body: (Session) -> Result) -> Result { state.withLock { body($0.session) } }

    /// A number for a request, a fetch or an element.
    func newID() -> Int { state.withLock { $0.session.newID() } }

    /// Carries out what the session decided.
    func perform(_ action: Session.Action) {
        switch action {
        case .reply(let reply, let result): reply(result)
        case .serve(let element, let request):
            guard element.serve(request) else {
                return answer(request, .failure(.limitExceeded(.waitingRequests, max: ElementHandle.limit)))
            }
        case .deliver(let feed, let notice): feed.receive(notice)
        case .deliverSorted(let feed, let notice): feed.receive(notice)
        case .deliverAll(let feed, let notices): for notice in notices { feed.receive(notice) }
        case .finish(let feed, let error): feed.finish(error)
        case .hangUp(let error): giveUp(error)
        case .note(let note): log(note)
        }
    }

    func perform(_ actions: [Session.Action]) { for action in actions { perform(action) } }

    /// Answers a request that was routed here.
    func answer(_ request: RoutedRequest, _ outcome: Result<[UInt8], ErrorObject>) {
        submit { session in session.answer(request, outcome) }
    }

    /// Closes the connection for a reason.
    private func giveUp(_ error: JetError) {
        let channel = state.withLock { state in
            state.endReason = error
            return state.channel
        }
        channel?.close(promise: nil)
    }

    private func log(_ note: Session.Note) {
        switch note {
        case .complaint(let error):
            logger?.warning("the daemon reports an error", metadata: ["jet.error": "\(JetError(error))"])
        case .unreadable(let error):
            logger?.warning("the daemon sent a message that cannot be read", metadata: ["jet.error": "\(error)"])
        case .addDelayed(let path, let error):
            logger?.notice(
                "re-adding the element failed; retrying",
                metadata: ["jet.path": "\(path)", "jet.error": "\(JetError(error))"])
        case .authenticationRefused(let error):
            logger?.error(
                "authenticating again failed; the peer has no rights of its user",
                metadata: ["jet.error": "\(JetError(error))"])
        case .addRefused(let path, let error):
            logger?.error(
                "re-adding the element failed",
                metadata: ["jet.path": "\(path)", "jet.error": "\(JetError(error))"])
        }
    }
}

extension PeerCore.State {
    /// Whether the caller must schedule a flush: there is something to write, and none is scheduled.
    mutating func scheduleFlush() -> Bool {
        guard !isFlushScheduled, channel != nil, session.outbox.isDue || needsTimer else { return false }
        isFlushScheduled = true
        return true
    }

    /// Whether the timer fires too late for the next deadline.
    var needsTimer: Bool {
        guard let due = session.nextDeadline else { return false }
        return timer.map { due < $0.due } ?? true
    }
}

// MARK: - On the loop

extension PeerCore {
    /// Writes all that has gathered, unless a write is under way: its end flushes again.
    func flush() {
        let (bytes, channel) = state.withLock { state -> ([UInt8]?, (any Channel)?) in
            state.isFlushScheduled = false
            guard let channel = state.channel else { return (nil, nil) }
            return (state.session.outbox.take(), channel)
        }
        setTimer()
        guard let bytes, let channel else { return }
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes)).whenComplete { _ in self.written(channel) }
    }

    private func written(_ channel: any Channel) {
        let (needsFlush, waiters, isDone) = state.withLock { state in
            guard state.channel === channel else { return (false, [CheckedContinuation<Void, Never>](), false) }
            state.session.written()
            var waiters: [CheckedContinuation<Void, Never>] = []
            if state.session.outbox.isEmpty { swap(&waiters, &state.flushWaiters) }
            return (state.scheduleFlush(), waiters, state.isClosing && state.session.outbox.isEmpty)
        }
        for waiter in waiters { waiter.resume() }
        if needsFlush { loop.execute { self.flush() } }
        if isDone { hangUp(channel) }
    }

    /// Takes one message from the daemon.
    func receive(_ incoming: Incoming) {
        let now = now
        let (action, needsFlush) = state.withLock { state in
            if !state.session.isGivenUp {
                // If it is the last message, it says why the daemon closes the connection.
                state.endReason = if case .complaint(let error) = incoming { JetError(error) } else { nil }
            }
            return (state.session.receive(incoming, now: now), state.scheduleFlush())
        }
        if let action { perform(action) }
        if needsFlush { loop.execute { self.flush() } }
    }

    /// Notes that the daemon sent something.
    func heard() {
        let now = now
        state.withLock { $0.session.heard(at: now) }
    }

    /// Schedules the timer for the session's next deadline.
    private func setTimer() {
        let now = now
        state.withLock { state in
            guard state.needsTimer, let due = state.session.nextDeadline else { return }
            state.timer?.task.cancel()
            let task = loop.scheduleTask(in: TimeAmount(max(due - now, .zero))) { self.expire() }
            state.timer = (due, task)
        }
    }

    private func expire() {
        let now = now
        let (actions, needsFlush) = state.withLock { state in
            state.timer = nil
            return (state.session.expire(now: now), state.scheduleFlush())
        }
        perform(actions)
        if needsFlush { loop.execute { self.flush() } }
    }
}

extension TimeAmount {
    /// As much as fits: some 290 years.
    init(_ duration: Duration) { self = .nanoseconds(duration.nanoseconds) }
}
