import Glibc
public import JetBus
public import JetProtocol
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// The *daemon*: a bus with sockets around it, on one event loop.
///
///     let daemon = Daemon(configuration: configuration, logger: logger)
///     let endpoints = try await daemon.start()
///     // ... it serves ...
///     await daemon.stop()
///
/// As a `Service` it serves until a graceful shutdown.
public final class Daemon: Service {
    private let configuration: DaemonConfiguration
    private let logger: Logger
    private let group: MultiThreadedEventLoopGroup
    private let eventLoop: any EventLoop
    private let hub: NIOLoopBoundBox<Hub?>
    private let onStart: @Sendable ([Endpoint]) -> Void

    /// A daemon that does not listen yet.
    ///
    /// - Parameter onStart: Called by `run` with the endpoints, once the daemon listens at all of them.
    public init(
        configuration: DaemonConfiguration, logger: Logger, onStart: @escaping @Sendable ([Endpoint]) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onStart = onStart
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        eventLoop = group.next()
        hub = .makeEmptyBox(eventLoop: eventLoop)
    }

    /// Starts to listen.
    ///
    /// - Returns: The endpoints, with the ports that were chosen.
    /// - Throws: `DaemonError` if one of them cannot be had; then none is open.
    public func start() async throws -> [Endpoint] {
        let (hub, configuration, logger, eventLoop) = (hub, configuration, logger, eventLoop)
        try await eventLoop.submit {
            hub.value = Hub(configuration: configuration, logger: logger, eventLoop: eventLoop)
        }.get()
        do {
            var endpoints: [Endpoint] = []
            for listener in configuration.listeners {
                let channel = try await listen(at: listener)
                let endpoint = Self.endpoint(of: channel, asked: listener.endpoint)
                try await eventLoop.submit { hub.value?.listeners.append((endpoint, channel)) }.get()
                logger.info("listening", metadata: ["endpoint": "\(endpoint)"])
                endpoints.append(endpoint)
            }
            return endpoints
        } catch {
            await stop()
            throw error
        }
    }

    /// Stops listening, writes what waits for the peers, and closes their connections.
    public func stop() async {
        let hub = hub
        try? await eventLoop.flatSubmit { hub.value?.stop() ?? hub.eventLoop.makeSucceededVoidFuture() }.get()
        try? await group.shutdownGracefully()
        logger.info("stopped")
    }

    /// Serves until a graceful shutdown.
    ///
    /// - Throws: `DaemonError` if an endpoint cannot be had.
    public func run() async throws {
        onStart(try await start())
        try? await gracefulShutdown()
        await stop()
    }

    /// What the bus has done and holds.
    public func statistics() async throws -> Bus.Statistics {
        let hub = hub
        return try await eventLoop.submit { hub.value?.bus.statistics ?? Bus.Statistics() }.get()
    }

    private func listen(at listener: DaemonConfiguration.Listener) async throws -> any Channel {
        let (hub, messageLimit) = (hub, configuration.messageLimit)
        let isTCP = if case .tcp = listener.endpoint { true } else { false }
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let hub = hub.value else { throw ChannelError.ioOnClosedChannel }
                    try channel.syncOptions?.setOption(.recvAllocator, value: SharedBufferAllocator(sharing: hub.receiveBuffer))
                    if isTCP { try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1) }
                    try channel.pipeline.syncOperations.addHandler(
                        Connection(hub: hub, messageLimit: messageLimit, isTCP: isTCP))
                }
            }
        do {
            switch listener.endpoint {
            case .tcp(let host, let port):
                return try await bootstrap.bind(host: host, port: port).get()
            case .unix(let path):
                try SocketFile.prepare(path, makingFolder: listener.makesFolder)
                let channel = try await bootstrap.bind(unixDomainSocketPath: path).get()
                SocketFile.restrict(path)
                return channel
            }
        } catch let error as DaemonError {
            throw error
        } catch {
            throw Self.explained(error, at: listener.endpoint)
        }
    }

    private static func endpoint(of channel: any Channel, asked: Endpoint) -> Endpoint {
        guard case .tcp(let host, _) = asked, let port = channel.localAddress?.port else { return asked }
        return .tcp(host: host, port: port)
    }

    private static func explained(_ error: any Error, at endpoint: Endpoint) -> DaemonError {
        guard let error = error as? IOError else { return DaemonError("cannot listen at \(endpoint): \(error)") }
        let advice =
            switch (error.errnoCode, endpoint) {
            case (EADDRINUSE, .tcp):
                "the port is in use, perhaps by another jetd; choose another one with --tcp-port"
            case (EACCES, .tcp): "ports below 1024 need rights; choose another one with --tcp-port"
            case (EACCES, .unix), (EROFS, .unix), (ENOENT, .unix):
                "the folder is missing or cannot be written to; choose another path with --unix-path"
            default: error.description
            }
        return DaemonError("cannot listen at \(endpoint): \(advice)")
    }
}
