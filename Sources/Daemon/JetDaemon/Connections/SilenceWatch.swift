import NIOCore

/// Closes peers that have connected and send no message, with one timer for all, which runs only while there are such peers.
///
/// It looks at them eight times in the limit, so a peer may stay an eighth longer.
final class SilenceWatch {
    private let eventLoop: any EventLoop
    /// `nil` for no limit.
    let limit: TimeAmount?
    private var connections: [ObjectIdentifier: (connection: Connection, deadline: NIODeadline)] = [:]
    private var next: Scheduled<Void>?

    init(limit: TimeAmount?, eventLoop: any EventLoop) {
        self.limit = limit
        self.eventLoop = eventLoop
    }

    /// Adds a connection whose peer has not sent a message yet.
    func join(_ connection: Connection) {
        guard let limit else { return }
        connection.isSilent = true
        connections[ObjectIdentifier(connection)] = (connection, .now() + limit)
        schedule()
    }

    /// Removes a connection whose peer has sent a message, or that is closed.
    func leave(_ connection: Connection) {
        connection.isSilent = false
        connections[ObjectIdentifier(connection)] = nil
        guard connections.isEmpty else { return }
        next?.cancel()
        next = nil
    }

    private func schedule() {
        guard let limit, next == nil, !connections.isEmpty else { return }
        let interval = TimeAmount.nanoseconds(max(limit.nanoseconds / 8, 1_000_000))
        next = eventLoop.assumeIsolated().scheduleTask(in: interval) { self.look() }
    }

    private func look() {
        next = nil
        let now = NIODeadline.now()
        for (connection, deadline) in connections.values where deadline <= now { connection.endSilence() }
        schedule()
    }
}

extension Connection {
    /// Closes the connection because the peer has sent no message.
    func endSilence() {
        guard case .open(let peer) = phase, let context else { return }
        hub.note(.peerSilent, by: peer)
        context.close(promise: nil)
    }
}
