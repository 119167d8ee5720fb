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
                let endpoint = try await listen(at: listener)
                logger.info("listening", metadata: ["endpoint": "\(endpoint)"])
                endpoints.append(endpoint)
            }
            return endpoints
        } catch {
            await stop()
            throw error
        }
    }

    /// Stops listening, writes what waits for the peers, and closes their connections. Peers that do not read what waits,
    /// or do not close their side, are waited for no longer than a second.
    public func stop() async {
        let hub = hub
        try? await eventLoop.flatSubmit {
            hub.value?.stop(patience: .seconds(1)) ?? hub.eventLoop.makeSucceededVoidFuture()
        }.get()
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

    /// Connections that wait to be accepted. More than most systems allow (net.core.somaxconn), so theirs counts.
    private static let backlog: Int32 = 4096

    private func listen(at listener: DaemonConfiguration.Listener) async throws -> Endpoint {
        switch listener.endpoint {
        case .tcp(let host, let port):
            do {
                let channel = try await bootstrap(isTCP: true).bind(host: host, port: port).get()
                try await note(channel, file: nil)
                return .tcp(host: host, port: channel.localAddress?.port ?? port)
            } catch {
                throw Self.explained(error, at: listener.endpoint)
            }
        case .unix(let path):
            let file = try SocketFile.listen(at: path, backlog: Self.backlog, makingFolder: listener.makesFolder)
            do {
                let channel = try await bootstrap(isTCP: false).withBoundSocket(file.descriptor).get()
                try await note(channel, file: file)
                return listener.endpoint
            } catch {
                file.remove()
                throw Self.explained(error, at: listener.endpoint)
            }
        }
    }

    /// Hands a channel that listens over to the hub.
    private func note(_ channel: any Channel, file: SocketFile?) async throws {
        let hub = hub
        try await eventLoop.submit {
            // NIO has set a shorter backlog for a socket that it was given.
            if file != nil {
                try channel.pipeline.syncOperations
                    .withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { _ = Glibc.listen($0, Self.backlog) }
            }
            hub.value?.listeners.append((channel, file))
        }.get()
    }

    private func bootstrap(isTCP: Bool) -> ServerBootstrap {
        let (hub, messageLimit) = (hub, configuration.messageLimit)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let hub = hub.value else { throw ChannelError.ioOnClosedChannel }
                    try channel.syncOptions?
                        .setOption(.recvAllocator, value: SharedBufferAllocator(sharing: hub.receiveBuffer))
                    if isTCP { try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1) }
                    try channel.pipeline.syncOperations.addHandler(
                        Connection(hub: hub, messageLimit: messageLimit, isTCP: isTCP))
                }
            }
    }

    private static func explained(_ error: any Error, at endpoint: Endpoint) -> DaemonError {
        guard let error = error as? IOError else { return DaemonError("cannot listen at \(endpoint): \(error)") }
        let advice =
            switch error.errnoCode {
            case EADDRINUSE: "the port is in use, perhaps by another jetd; choose another one with --tcp-port"
            case EACCES: "ports below 1024 need rights; choose another one with --tcp-port"
            default: String(cString: strerror(error.errnoCode))
            }
        return DaemonError("cannot listen at \(endpoint): \(advice)")
    }
}
