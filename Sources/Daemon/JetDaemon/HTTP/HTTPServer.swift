import JetBus
import NIOCore

/// What all HTTP connections share: the routes, the files, and which connections there are.
final class HTTPServer {
    var routes: HTTPRoutes
    var limits = HTTPLimits()
    /// The files that are served.
    var files = WebFiles()
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]

    /// The bytes of bodies that have arrived, of requests that are not answered yet, for each account.
    private var bodies: [AccountName: Int] = [:]

    init(routes: HTTPRoutes = .usual) { self.routes = routes }

    /// Adds a connection, which is closed when the daemon stops.
    func join(_ connection: HTTPConnection) { connections[ObjectIdentifier(connection)] = connection }

    /// How many connections there are.
    var count: Int { connections.count }

    func leave(_ connection: HTTPConnection) { connections[ObjectIdentifier(connection)] = nil }

    /// Counts bytes of a body, if there is room for them: an account may have half of what the others leave. Anybody can
    /// send a body, and only its end shows who it is from.
    func takeBody(_ count: Int, of account: AccountName) -> Bool {
        let own = bodies[account] ?? 0
        let others = bodies.values.reduce(0, +) - own
        guard own + count <= (HTTPLimits.bodies - others) / 2 else { return false }
        bodies[account] = own + count
        return true
    }

    /// The bytes of a body are not needed any more.
    func releaseBody(_ count: Int, of account: AccountName) {
        let left = (bodies[account] ?? 0) - count
        bodies[account] = left > 0 ? left : nil
    }

    /// Ends all connections because the daemon stops.
    ///
    /// - Returns: Futures that succeed when they are closed.
    func end(within time: TimeAmount) -> [EventLoopFuture<Void>] {
        connections.values.compactMap { $0.end(within: time) }
    }
}
