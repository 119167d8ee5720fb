import DocumentedEvents
import Glibc
public import Logging
import Moments
import NIOCore
import NIOPosix
import Synchronization

/// A gateway: accepts TLS connections and passes each on to the daemon, on one event loop.
///
///     let gateway = try Gateway(configuration, credentials, logger: logger)
///     try await gateway.serve(descriptor)
///     // ... it serves ...
///     await gateway.stop()
///
/// It must be stopped, since it owns a thread from its initialisation on.
public final class Gateway: Sendable {
    /// The limit of connections that wait to be accepted. Above net.core.somaxconn of most systems, so that theirs applies.
    private static let backlog: Int32 = 4096

    private let group: MultiThreadedEventLoopGroup
    private let core: NIOLoopBoundBox<GatewayCore?>
    private let logger: Logger
    private let hasStopped = Mutex(false)

    private var eventLoop: any EventLoop { core.eventLoop }

    /// A gateway that does not listen yet.
    ///
    /// - Throws: If the certificate and its key do not fit together.
    public convenience init(
        _ configuration: GatewayConfiguration, _ credentials: GatewayCredentials, logger: Logger
    ) async throws {
        try await self.init(configuration, credentials, logger: logger) {
            Int(Moment.now.microseconds / 1_000_000)
        }
    }

    /// - Parameter now: The seconds since 1970.
    package init(
        _ configuration: GatewayConfiguration, _ credentials: GatewayCredentials, logger: Logger,
        now: @escaping @Sendable () -> Int
    ) async throws {
        let contexts = try GatewayContexts(credentials, minimumVersion: configuration.minimumVersion)
        self.logger = logger
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        let core = NIOLoopBoundBox<GatewayCore?>.makeEmptyBox(eventLoop: eventLoop)
        self.core = core
        try await eventLoop.submit {
            core.value = GatewayCore(configuration, contexts, eventLoop: eventLoop, logger: logger, now: now)
        }.get()
    }

    /// Serves a listening socket, which it closes in the end.
    public func serve(_ descriptor: Int32) async throws {
        let channel = try await bootstrap.withBoundSocket(descriptor).get()
        let core = core
        try await eventLoop.submit {
            // NIO calls listen(2) with its default backlog for a socket that is bound already.
            try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
                _ = Glibc.listen($0, Self.backlog)
            }
            core.value?.listen(on: channel)
        }.get()
    }

    /// Listens on a port.
    ///
    /// - Parameters:
    ///   - host: An address of this machine; `::` for all.
    ///   - port: The port; 0 for a free one.
    /// - Returns: The port.
    public func listen(host: String, port: Int) async throws(GatewayError) -> Int {
        do {
            let channel = try await bootstrap.bind(host: host, port: port).get()
            let core = core
            try await eventLoop.submit { core.value?.listen(on: channel) }.get()
            return channel.localAddress?.port ?? port
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw GatewayError("cannot listen at \(host) port \(port): \(reason)")
        }
    }

    private var bootstrap: ServerBootstrap {
        let (core, logger) = (core, logger)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                }
            }
            // NIOSSL collects what it has decrypted until a read is complete.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A client that has vanished without a word is noticed after two minutes.
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 60)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 15)
            .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 4)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let core = core.value else { throw ChannelError.ioOnClosedChannel }
                    try core.accept(channel)
                }
            }
    }

    /// Uses another configuration and other certificates for connections from now on. Connections that exist stay, except
    /// those whose certificate was verified by a CA that is no longer trusted.
    ///
    /// - Throws: If the certificate and its key do not fit together; then nothing changes.
    public func reload(_ configuration: GatewayConfiguration, _ credentials: GatewayCredentials) async throws {
        let contexts = try GatewayContexts(credentials, minimumVersion: configuration.minimumVersion)
        let core = core
        try await eventLoop.submit { core.value?.adopt(configuration, contexts) }.get()
    }

    /// Checks that a certificate and its key fit together.
    public static func check(_ configuration: GatewayConfiguration, _ credentials: GatewayCredentials) throws {
        _ = try GatewayContexts(credentials, minimumVersion: configuration.minimumVersion)
    }

    /// What there is now.
    public func counts() async throws -> GatewayCounts {
        let core = core
        return try await eventLoop.submit { core.value?.counts ?? GatewayCounts() }.get()
    }

    /// Calls `alive` on the event loop again and again, which shows that it works.
    public func watch(every interval: Duration, _ alive: @escaping @Sendable () -> Void) async throws {
        let core = core
        try await eventLoop.submit { core.value?.watch(every: TimeAmount(interval), alive) }.get()
    }

    /// Reports the numbers of connections after changes.
    public func reportCounts(
        atMostEvery interval: Duration, _ report: @escaping @Sendable (GatewayCounts) -> Void
    ) async throws {
        let core = core
        try await eventLoop.submit { core.value?.reportCounts(atMostEvery: TimeAmount(interval), report) }.get()
    }

    /// Stops: accepts no more connections, and closes those that there are in an orderly way, as far as their clients take
    /// part within a second.
    public func stop() async {
        let isFirst = hasStopped.withLock { hasStopped in
            defer { hasStopped = true }
            return !hasStopped
        }
        guard isFirst else { return }
        let core = core
        try? await eventLoop.flatSubmit {
            core.value?.stop(within: .seconds(1)) ?? core.eventLoop.makeSucceededVoidFuture()
        }.get()
        try? await eventLoop.submit { core.value = nil }.get()
        try? await group.shutdownGracefully()
        logger.note(GatewayEvent.stopped)
    }
}
