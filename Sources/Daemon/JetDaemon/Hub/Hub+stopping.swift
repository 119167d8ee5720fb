import JetBus
import Logging
import NIOCore

/// How the daemon stops: it answers pending requests first.
///
/// It accepts no more connections, and keeps serving until the requests that were pending when `stop` was called are
/// answered: requests that owners have not answered, passwords that are being checked. New requests are served as usual,
/// since the owners are still connected, but not waited for; so a busy bus stops no later than its slowest answer. When
/// the others are answered, or the timeout ends, the remaining requests fail with an error. Then all output is written and
/// the connections are closed.
extension Hub {
    /// The lifecycle of the hub, in order.
    enum Stage {
        /// It accepts connections.
        case serving
        /// It serves the peers that are connected, until all pending requests are answered.
        case draining(Drain)
        /// It writes the remaining output and closes the connections. A connection that closes is not reported to the bus.
        case closing
    }

    /// What a stopping hub waits for.
    struct Drain {
        /// The requests that were pending; `nil` until the input that has arrived is read.
        var openRequests: Bus.OpenRequests?
        /// The timeout.
        let limit: Scheduled<Void>
        /// Succeeds when all are answered.
        let isDone: EventLoopPromise<Void>
    }

    /// Stops.
    ///
    /// - Parameters:
    ///   - drainTimeout: How long to wait for answers.
    ///   - closeTimeout: How long to wait for peers that do not read their output or do not close their side.
    /// - Returns: A future that succeeds when all connections are closed.
    func stop(drainTimeout: TimeAmount, closeTimeout: TimeAmount) -> EventLoopFuture<Void> {
        guard case .serving = stage else { return eventLoop.makeSucceededVoidFuture() }
        censusReporter?.timer?.cancel()
        censusReporter = nil
        let loop = eventLoop.assumeIsolated()
        let isDone = eventLoop.makePromise(of: Void.self)
        let limit = loop.scheduleTask(in: drainTimeout) { self.giveUp() }
        stage = .draining(Drain(openRequests: nil, limit: limit, isDone: isDone))
        var closed: [EventLoopFuture<Void>] = []
        for (channel, file) in listeners {
            file?.remove()
            closed.append(channel.close())
        }
        // Requests may have arrived already. The event loop reads its sockets once before the timer fires.
        loop.scheduleTask(in: .microseconds(50)) { self.beginDrain() }
        return isDone.futureResult.assumeIsolated().flatMap {
            self.close(within: closeTimeout, after: closed)
        }.nonisolated()
    }

    private func beginDrain() {
        guard case .draining(var drain) = stage else { return }
        drain.openRequests = bus.openRequests
        stage = .draining(drain)
        endTurn()
    }

    /// Closes the connections if all requests are answered.
    func continueDrain() {
        guard case .draining(var drain) = stage, var openRequests = drain.openRequests else { return }
        drain.openRequests = nil
        let areSettled = bus.areAnswered(&openRequests)
        drain.openRequests = openRequests
        stage = .draining(drain)
        if areSettled { endDrain(drain) }
    }

    private func giveUp() {
        if case .draining(let drain) = stage { endDrain(drain) }
    }

    private func endDrain(_ drain: Drain) {
        drain.limit.cancel()
        let count = bus.failOpenRequests()
        if count > 0 { logger.notice("requests were not answered in time", metadata: ["count": "\(count)"]) }
        // A connection that closes during this last turn is still a peer of the bus.
        stage = .draining(Drain(openRequests: nil, limit: drain.limit, isDone: drain.isDone))
        endTurn()
        stage = .closing
        drain.isDone.succeed()
    }

    private func close(within timeout: TimeAmount, after listeners: [EventLoopFuture<Void>]) -> EventLoopFuture<Void> {
        stopWatchdog()
        cancelTimers()
        var closed = listeners + http.end(within: timeout)
        for connection in connections { if let end = connection?.end(within: timeout) { closed.append(end) } }
        return EventLoopFuture.andAllComplete(closed, on: eventLoop)
    }
}
