import JetProtocol
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Making connections, losing them, and making them again.
extension PeerCore {
    /// Makes the first connection.
    func open() async throws(JetError) {
        do {
            try await connect().get()
        } catch {
            throw ConnectError.explain(error, endpoint)
        }
    }

    /// Makes a connection. The session knows of it when the future succeeds, and not only when the pipeline has heard
    /// that the channel is active: NIO reports that later, and the code that waits for the future may run first.
    private func connect() -> EventLoopFuture<Void> {
        state.withLock { state in
            state.endReason = nil
            state.earlyCause = nil
        }
        let isPacked = configuration.encoding == .msgpack
        let limit = configuration.messageLimit
        let dialer = Dialer(
            endpoint: endpoint, security: configuration.security,
            messageLimit: isPacked ? MessagePackHandler.longest(ofJSON: limit) : limit,
            timeout: configuration.connectTimeout, loop: loop)
        let timeout = TimeAmount(configuration.requestTimeout.bounded)
        let connected = dialer.connect { pipeline in
            if isPacked {
                try pipeline.addHandler(
                    MessagePackHandler(messageLimit: limit, timeout: timeout, eventLoop: self.loop))
            }
            try pipeline.addHandler(LinkHandler(self, messageLimit: limit))
        }
        return connected.flatMap { channel in self.agreeOnEncoding(channel) }.flatMapThrowing { channel in
            // If it is gone already, the handler has said so to a session that did not know it.
            guard channel.isActive else { throw self.lostEarly }
            self.linkUp(channel)
        }
    }

    /// Waits until both sides know what they will speak. On the loop.
    private func agreeOnEncoding(_ channel: any Channel) -> EventLoopFuture<any Channel> {
        guard configuration.encoding != .json else { return loop.makeSucceededFuture(channel) }
        do {
            let handler = try channel.pipeline.syncOperations.handler(type: MessagePackHandler.self)
            return handler.agreement.map { channel }
        } catch {
            return loop.makeFailedFuture(lostEarly)
        }
    }

    /// The error for a connection that ended before it was used.
    private var lostEarly: JetError {
        state.withLock { ConnectError.lost($0.earlyCause, endpoint, said: $0.endReason) }
    }

    /// A connection is there. On the loop.
    private func linkUp(_ channel: any Channel) {
        let now = now
        let isWanted = state.withLock { state in
            guard !state.isClosing else { return false }
            state.session.linkUp(now: now)
            state.channel = channel
            state.connectedAt = now
            return true
        }
        guard isWanted else { return channel.close(promise: nil) }
        logger?.debug("connected", metadata: ["jet.endpoint": "\(endpoint)"])
        flush()
        events.send(.connected)
    }

    /// A connection is gone. On the loop.
    func linkDown(_ channel: any Channel, _ cause: (any Error)?) {
        let now = now
        let (error, actions, waiters, wasOurs, isClosing) = state.withLock { state in
            let error = ConnectError.lost(cause, endpoint, said: state.endReason)
            guard state.channel === channel else {
                if state.channel == nil { state.earlyCause = cause ?? state.earlyCause }
                return (error, [Session.Action](), [CheckedContinuation<Void, Never>](), false, state.isClosing)
            }
            state.channel = nil
            state.isFlushScheduled = false
            state.backoff.lasted(now - state.connectedAt)
            let waiters = state.flushWaiters
            state.flushWaiters = []
            return (error, state.session.linkDown(error), waiters, true, state.isClosing)
        }
        guard wasOurs else { return }
        for waiter in waiters { waiter.resume() }
        perform(actions)
        guard !isClosing else { return }
        // Programs that need to react follow `connectionEvents`.
        logger?.debug("connection lost", metadata: ["jet.endpoint": "\(endpoint)", "jet.error": "\(error)"])
        events.send(.disconnected(error))
        if configuration.reconnect.isWanted { reconnect() } else { events.finish() }
    }

    private func reconnect() {
        var generator = SystemRandomNumberGenerator()
        let delay = state.withLock { state in
            state.isClosing ? nil : state.backoff.next(using: &generator)
        }
        guard let delay else { return }
        loop.scheduleTask(in: TimeAmount(delay)) {
            guard !self.state.withLock(\.isClosing) else { return }
            self.connect().whenFailure { error in
                let error = ConnectError.explain(error, self.endpoint)
                self.logger?.debug("not connected", metadata: ["jet.error": "\(error)"])
                self.reconnect()
            }
        }
    }
}

// MARK: - Closing

extension PeerCore {
    /// Ends the session; waiting requests fail. The connection ends when what is in the outbox has been written and the
    /// daemon has hung up too, or when the time for that is over.
    func close(within limit: Duration) -> EventLoopFuture<Void> {
        let (actions, channel) = state.withLock { state -> ([Session.Action], (any Channel)?) in
            state.isClosing = true
            state.timer?.task.cancel()
            state.timer = nil
            // A daemon that still owes answers would wait for them before it closes; here they are not needed any more.
            state.hangsUpFirst = !state.session.pending.isEmpty
            return (state.session.end(), state.channel)
        }
        perform(actions)
        events.finish()
        guard let channel else { return loop.makeSucceededVoidFuture() }
        loop.execute {
            self.flush()
            // Only after the last write: until then its end sees to it.
            if self.state.withLock(\.session.outbox.isEmpty) { self.hangUp(channel) }
        }
        let guillotine = loop.scheduleTask(in: TimeAmount(limit)) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in guillotine.cancel() }
        return channel.closeFuture
    }

    /// Everything is written: this side says no more.
    func hangUp(_ channel: any Channel) {
        channel.close(mode: state.withLock(\.hangsUpFirst) ? .all : .output, promise: nil)
    }

    /// Waits until all that was said so far has been handed to the system, or the connection is gone.
    func flushed() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                guard state.channel != nil, !state.session.outbox.isEmpty else { return true }
                state.flushWaiters.append(continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}
