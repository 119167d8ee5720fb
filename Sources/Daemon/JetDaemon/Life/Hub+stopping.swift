import JetBus
import Logging
import NIOCore

/// *Stopping*: a daemon that ends owes answers to those who have asked.
///
/// It accepts nobody any more, and then serves on for as long as one of the answers is missing that were owed when it
/// was told to stop: requests that owners have not answered, passwords that are being checked. What peers ask in the
/// meantime is served as always, since the owners are still there, but not waited for; so a bus on which something is
/// always under way does not take longer to stop than its slowest answer. Whoever is still without an answer when
/// patience ends, or when the others have theirs, is told that the daemon stops. Then all that is written goes out,
/// and the connections are closed.
extension Hub {
    /// How far the hub is with its life. Each case becomes the next one only.
    enum Stage {
        /// It serves whoever comes.
        case serving
        /// It serves those who are there, until nothing is owed any more.
        case draining(Drain)
        /// It writes out what waits, and closes the connections. Nobody is a peer any more who leaves.
        case closing
    }

    /// What a hub that stops waits for.
    struct Drain {
        /// `nil` until what has come already is read.
        var debts: Bus.OpenRequests?
        /// The end of patience.
        let limit: Scheduled<Void>
        /// Nothing is owed any more.
        let isDone: EventLoopPromise<Void>
    }

    /// Stops.
    ///
    /// - Parameters:
    ///   - drainPatience: How long to wait for answers.
    ///   - patience: How long to wait for peers that do not read the rest or do not close their side.
    /// - Returns: When all connections are closed.
    func stop(drainPatience: TimeAmount, patience: TimeAmount) -> EventLoopFuture<Void> {
        guard case .serving = stage else { return eventLoop.makeSucceededVoidFuture() }
        onlooker?.next?.cancel()
        onlooker = nil
        let loop = eventLoop.assumeIsolated()
        let isDone = eventLoop.makePromise(of: Void.self)
        let limit = loop.scheduleTask(in: drainPatience) { self.giveUp() }
        stage = .draining(Drain(debts: nil, limit: limit, isDone: isDone))
        var closed: [EventLoopFuture<Void>] = []
        for (channel, file) in listeners {
            file?.remove()
            closed.append(channel.close())
        }
        // Some may have asked before they could know: the loop looks once at its sockets, which it does when it has no
        // task to run at once.
        loop.scheduleTask(in: .microseconds(50)) { self.beginDrain() }
        return isDone.futureResult.assumeIsolated().flatMap {
            self.close(patience: patience, after: closed)
        }.nonisolated()
    }

    private func beginDrain() {
        guard case .draining(var drain) = stage else { return }
        drain.debts = bus.openRequests
        stage = .draining(drain)
        endTurn()
    }

    /// Looks whether something is still owed.
    func continueDrain() {
        guard case .draining(var drain) = stage, var debts = drain.debts else { return }
        drain.debts = nil
        let areSettled = bus.areAnswered(&debts)
        drain.debts = debts
        stage = .draining(drain)
        if areSettled { endDrain(drain) }
    }

    private func giveUp() {
        if case .draining(let drain) = stage { endDrain(drain) }
    }

    private func endDrain(_ drain: Drain) {
        drain.limit.cancel()
        let count = bus.failOpenRequests()
        if count > 0 { logger.notice("requests are left unanswered", metadata: ["count": "\(count)"]) }
        // Who leaves while the last words are written is a peer yet.
        stage = .draining(Drain(debts: nil, limit: drain.limit, isDone: drain.isDone))
        endTurn()
        stage = .closing
        drain.isDone.succeed()
    }

    private func close(patience: TimeAmount, after listeners: [EventLoopFuture<Void>]) -> EventLoopFuture<Void> {
        endWatch()
        cancelTimers()
        var closed = listeners
        for connection in connections { if let end = connection?.end(patience: patience) { closed.append(end) } }
        return EventLoopFuture.andAllComplete(closed, on: eventLoop)
    }
}
