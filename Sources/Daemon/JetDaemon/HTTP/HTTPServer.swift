import NIOCore

/// What all HTTP connections share: the routes, the files, and which connections there are.
final class HTTPServer {
    var routes: HTTPRoutes
    var limits = HTTPLimits()
    /// The files that are served.
    var files = WebFiles()
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]

    init(routes: HTTPRoutes = .usual) { self.routes = routes }

    /// Adds a connection, which is closed when the daemon stops.
    func join(_ connection: HTTPConnection) { connections[ObjectIdentifier(connection)] = connection }

    /// How many connections there are.
    var count: Int { connections.count }

    func leave(_ connection: HTTPConnection) { connections[ObjectIdentifier(connection)] = nil }

    /// Ends all connections because the daemon stops.
    ///
    /// - Returns: Futures that succeed when they are closed.
    func end(within time: TimeAmount) -> [EventLoopFuture<Void>] {
        connections.values.compactMap { $0.end(within: time) }
    }
}
