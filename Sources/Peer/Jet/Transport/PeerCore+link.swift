import JetProtocol
import Logging
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

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
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if self.configuration.encoding == .msgpack {
                        let handler = MessagePackHandler(
                            messageLimit: self.configuration.messageLimit,
                            timeout: TimeAmount(self.configuration.requestTimeout.bounded),
                            eventLoop: channel.eventLoop)
                        try pipeline.addHandler(handler)
                    }
                    try pipeline.addHandler(LinkHandler(self, messageLimit: self.configuration.messageLimit))
                }
            }
        let connected: EventLoopFuture<any Channel> =
            switch endpoint {
            case .unix(let path):
                bootstrap.connect(unixDomainSocketPath: path)
            case .tcp(let host, let port):
                bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .channelOption(.socketOption(.so_keepalive), value: 1)
                    .channelOption(.tcpOption(.keepIdle), value: 10)
                    .channelOption(.tcpOption(.keepInterval), value: 5)
                    .channelOption(.tcpOption(.keepCount), value: 3)
                    .channelOption(.tcpOption(.userTimeout), value: 25_000)
                    .connect(host: host, port: port)
            case .webSocket, .tls, .secureWebSocket:
                loop.makeFailedFuture(
                    JetError(
                        .invalidEndpoint,
                        "Cannot connect to \(endpoint): WebSockets are for browsers; use unix:/path or tcp://host:port")
                )
            }
        return connected.flatMap { channel in self.agreeOnEncoding(channel) }.flatMapThrowing { channel in
            // If it is gone already, the handler has said so to a session that did not know it.
            guard channel.isActive else { throw ConnectError.lost(nil, self.endpoint) }
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
            return loop.makeFailedFuture(ConnectError.lost(nil, endpoint))
        }
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
        let error = ConnectError.lost(cause, endpoint)
        let (actions, waiters, wasOurs, isClosing) = state.withLock { state in
            guard state.channel === channel else {
                return ([Session.Action](), [CheckedContinuation<Void, Never>](), false, state.isClosing)
            }
            state.channel = nil
            state.isFlushScheduled = false
            state.backoff.lasted(now - state.connectedAt)
            let waiters = state.flushWaiters
            state.flushWaiters = []
            return (state.session.linkDown(error), waiters, true, state.isClosing)
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

extension NIOBSDSocket.Option {
    // A daemon that lost its power does not close its connections. These set after how many idle seconds the system
    // probes, how often, and how long it waits for what was sent to be acknowledged, in ms (tcp(7)).
    fileprivate static let keepIdle = NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)
    fileprivate static let keepInterval = NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)
    fileprivate static let keepCount = NIOBSDSocket.Option(rawValue: TCP_KEEPCNT)
    fileprivate static let userTimeout = NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)
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
