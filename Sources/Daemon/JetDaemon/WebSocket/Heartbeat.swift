import NIOCore

/// Pings all WebSocket peers with one timer, which runs only while there are such peers.
final class Heartbeat {
    private let eventLoop: any EventLoop
    /// `nil` for no pings.
    private let interval: TimeAmount?
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var next: Scheduled<Void>?

    init(interval: TimeAmount?, eventLoop: any EventLoop) {
        self.interval = interval
        self.eventLoop = eventLoop
    }

    /// Adds a connection, which is pinged when the timer fires next.
    func join(_ connection: Connection) {
        guard interval != nil else { return }
        connections[ObjectIdentifier(connection)] = connection
        schedule()
    }

    func leave(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        guard connections.isEmpty else { return }
        next?.cancel()
        next = nil
    }

    private func schedule() {
        guard let interval, next == nil, !connections.isEmpty else { return }
        next = eventLoop.assumeIsolated().scheduleTask(in: interval) { self.beat() }
    }

    private func beat() {
        next = nil
        for connection in connections.values { connection.ping() }
        schedule()
    }
}
