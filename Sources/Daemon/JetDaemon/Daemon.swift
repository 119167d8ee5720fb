internal import DocumentedEvents
import Glibc
public import JetBus
public import JetProtocol
public import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The *daemon*: a bus with sockets around it, on one event loop.
///
///     let daemon = Daemon(configuration: configuration, logger: logger)
///     let endpoints = try await daemon.start()
///     // ... it serves ...
///     await daemon.stop()
///
/// It starts once, and has to be stopped: its thread is there from the beginning.
public final class Daemon: Sendable {
    /// A daemon's life. Each case becomes a later one only.
    private enum Life {
        /// Not started yet.
        case new
        /// It listens, or is about to.
        case serving
        /// It was told to stop; the task ends when that is done. Nothing may be given to the event loop any more.
        case ending(Task<Void, Never>)
    }

    /// What it was started with.
    private let configuration: DaemonConfiguration
    /// What holds now, of what can be changed.
    private let current: Mutex<DaemonConfiguration>
    private let logger: Logger
    private let group: MultiThreadedEventLoopGroup
    private let eventLoop: any EventLoop
    private let hub: NIOLoopBoundBox<Hub?>
    private let examiner: Examiner
    private let life = Mutex(Life.new)

    /// A daemon that does not listen yet.
    public init(configuration: DaemonConfiguration, logger: Logger) {
        var configuration = configuration
        configuration.bus.hasUsers = configuration.users != nil
        self.configuration = configuration
        current = Mutex(configuration)
        self.logger = logger
        examiner = Examiner(logger: logger)
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        eventLoop = group.next()
        hub = .makeEmptyBox(eventLoop: eventLoop)
    }

    // MARK: Life

    /// Starts to listen.
    ///
    /// - Returns: The endpoints, with the ports that were chosen.
    /// - Throws: `DaemonError` if one of them cannot be had, or the users file or a grant is not right; then none is open,
    ///   and the daemon has stopped.
    public func start() async throws -> [Endpoint] {
        let isFirst = life.withLock { life in
            guard case .new = life else { return false }
            life = .serving
            return true
        }
        guard isFirst else { throw DaemonError("a daemon starts only once") }
        let (hub, configuration, examiner, logger, eventLoop) = (hub, configuration, examiner, logger, eventLoop)
        do {
            let grants = try await examiner.start(configuration)
            try await unlessEnding {
                eventLoop.submit {
                    hub.value = Hub(
                        configuration: configuration, examiner: examiner, grants: grants, logger: logger,
                        eventLoop: eventLoop)
                }
            }
            var endpoints: [Endpoint] = []
            for listener in configuration.listeners {
                let endpoint = try await listen(at: listener)
                logger.debug("listening", metadata: ["endpoint": "\(endpoint)"])
                endpoints.append(endpoint)
            }
            for socket in configuration.sockets {
                try await serve(socket)
                endpoints.append(socket.endpoint)
            }
            warnOfRefusals(configuration)
            logger.note(DaemonEvent.serving, ["endpoints": "\(endpoints.map(\.description).joined(separator: " "))"])
            return endpoints
        } catch {
            await stop()
            throw error
        }
    }

    /// Stops listening, sees to it that what peers wait for is answered, for `DaemonConfiguration.drainPatience` at most,
    /// writes what waits for them, and closes their connections. Peers that do not read what waits, or do not close their
    /// side, are waited for no longer than a second.
    ///
    /// It may be called again, and returns when all is done.
    public func stop() async {
        let task = life.withLock { life in
            if case .ending(let task) = life { return task }
            let task = Task { await end() }
            life = .ending(task)
            return task
        }
        await task.value
    }

    private func end() async {
        let hub = hub
        let drainPatience = TimeAmount.milliseconds(Int64(configuration.drainPatience))
        try? await eventLoop.flatSubmit {
            hub.value?.stop(drainPatience: drainPatience, patience: .seconds(1))
                ?? hub.eventLoop.makeSucceededVoidFuture()
        }.get()
        // It may still have something to say to the loop.
        await examiner.stop()
        try? await group.shutdownGracefully()
        logger.note(DaemonEvent.stopped)
    }

    /// Reads the users file anew, and looks the names in the grants up again. Who is connected keeps the rights that it
    /// has, until it authenticates again or comes back.
    ///
    /// - Parameter changed: A configuration whose users, grants, origins and word on encryption hold from now on; the rest
    ///   of it cannot be changed while the daemon runs, nor can whether there are users at all. `nil` is the present one.
    /// - Throws: `DaemonError` if something in them is not right: then all stays as it was. And once the daemon has
    ///   stopped.
    public func reload(_ changed: DaemonConfiguration? = nil) async throws {
        let configuration = changed ?? current.withLock { $0 }
        guard (configuration.users != nil) == self.configuration.bus.hasUsers else {
            throw DaemonError("whether there is a users file is settled when the daemon starts")
        }
        let grants = try await examiner.load(configuration)
        let (hub, eventLoop) = (hub, eventLoop)
        try await unlessEnding { eventLoop.submit { hub.value?.adopt(configuration, grants) } }
        current.withLock { $0 = configuration }
        warnOfRefusals(configuration)
    }

    /// What the bus has done and holds.
    ///
    /// - Throws: `DaemonError` once the daemon has stopped.
    public func statistics() async throws -> Bus.Statistics {
        let (hub, eventLoop) = (hub, eventLoop)
        return try await unlessEnding { eventLoop.submit { hub.value?.bus.statistics ?? Bus.Statistics() } }
    }

    /// Asks the bus, again and again, whether it still answers.
    ///
    /// - Parameters:
    ///   - interval: How often.
    ///   - alive: Called on the event loop each time the answer has come out as it should.
    /// - Throws: `DaemonError` once the daemon has stopped.
    public func watch(every interval: Duration, _ alive: @escaping @Sendable () -> Void) async throws {
        let (hub, eventLoop) = (hub, eventLoop)
        try await unlessEnding { eventLoop.submit { hub.value?.beginWatch(every: TimeAmount(interval), alive) } }
    }

    /// Tells how many there are on the bus, now and when that has changed. While it does not change nobody is woken.
    ///
    /// - Parameters:
    ///   - rest: How long it is left untold after it was told.
    ///   - tell: Called on the event loop.
    /// - Throws: `DaemonError` once the daemon has stopped.
    public func tellCensus(atMostEvery rest: Duration, _ tell: @escaping @Sendable (Bus.Counts) -> Void) async throws {
        let (hub, eventLoop) = (hub, eventLoop)
        try await unlessEnding { eventLoop.submit { hub.value?.beginTelling(atMostEvery: TimeAmount(rest), tell) } }
    }

    /// Gives something to the event loop and waits for it. A loop that has ended would never answer.
    private func unlessEnding<Success: Sendable>(_ submit: () -> EventLoopFuture<Success>) async throws -> Success {
        let future = life.withLock { life in
            if case .ending = life { nil as EventLoopFuture<Success>? } else { submit() }
        }
        guard let future else { throw DaemonError("the daemon has stopped") }
        return try await future.get()
    }

    // MARK: Listening

    /// Connections that wait to be accepted. More than most systems allow (net.core.somaxconn), so theirs counts.
    private static let backlog: Int32 = 4096

    private func listen(at listener: DaemonConfiguration.Listener) async throws -> Endpoint {
        switch listener.endpoint {
        case .tcp(let host, let port):
            return .tcp(host: host, port: try await listen(at: listener.endpoint, host, port))
        case .webSocket(let host, let port):
            return .webSocket(host: host, port: try await listen(at: listener.endpoint, host, port))
        case .unix(let path):
            let file = try SocketFile.listen(at: path, backlog: Self.backlog, makingFolder: listener.makesFolder)
            do {
                let channel = try await unlessEnding { bootstrap(.unix).withBoundSocket(file.descriptor) }
                try await note(channel, file: file)
                return listener.endpoint
            } catch {
                file.remove()
                throw Self.explained(error, at: listener.endpoint)
            }
        }
    }

    /// Serves a socket that listens already.
    private func serve(_ socket: ReceivedSocket) async throws {
        do {
            let bootstrap = bootstrap(socket.transport, isLocal: socket.isLocal)
            let channel = try await unlessEnding { bootstrap.withBoundSocket(socket.descriptor) }
            try await note(channel, file: nil, isReceived: true)
        } catch {
            throw Self.explained(error, at: socket.endpoint)
        }
        logger.debug("listening", metadata: ["endpoint": "\(socket.endpoint)", "socket": "\(socket.kind.rawValue)"])
    }

    /// Says for which sockets nobody is served.
    private func warnOfRefusals(_ configuration: DaemonConfiguration) {
        guard !configuration.allowsPlaintext else { return }
        for socket in self.configuration.sockets where !socket.isLocal {
            logger.note(
                DaemonEvent.plaintextRefused, ["endpoint": "\(socket.endpoint)", "socket": "\(socket.kind.rawValue)"])
        }
    }

    /// Listens at a port; returns which one it is.
    private func listen(at endpoint: Endpoint, _ host: String, _ port: Int) async throws -> Int {
        do {
            let channel = try await unlessEnding { bootstrap(Transport(endpoint)).bind(host: host, port: port) }
            try await note(channel, file: nil)
            return channel.localAddress?.port ?? port
        } catch {
            throw Self.explained(error, at: endpoint)
        }
    }

    /// Hands a channel that listens over to the hub.
    private func note(_ channel: any Channel, file: SocketFile?, isReceived: Bool = false) async throws {
        let (hub, eventLoop) = (hub, eventLoop)
        try await unlessEnding {
            eventLoop.submit {
                // NIO has set a shorter backlog for a socket that it was given.
                if file != nil || isReceived {
                    try channel.pipeline.syncOperations
                        .withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
                            _ = Glibc.listen($0, Self.backlog)
                        }
                }
                hub.value?.listen(on: channel, file: file)
            }
        }
    }

    /// - Parameter isLocal: Whether peers can only be of this machine. Others need permission.
    private func bootstrap(_ transport: Transport, isLocal: Bool = true) -> ServerBootstrap {
        let (hub, messageLimit, logger) = (hub, configuration.messageLimit, logger)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                }
            }
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let hub = hub.value else { throw ChannelError.ioOnClosedChannel }
                    if !isLocal, !hub.allowsPlaintext {
                        // Only HTTP has a word for it.
                        guard transport == .webSocket else { throw ChannelError.ioOnClosedChannel }
                        return try HTTPPage.installRefusal(in: channel, hub: hub)
                    }
                    try channel.syncOptions?
                        .setOption(.recvAllocator, value: SharedBufferAllocator(sharing: hub.receiveBuffer))
                    if transport != .unix { try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1) }
                    if transport == .webSocket {
                        return try WebSocketUpgrader.install(in: channel, hub: hub, messageLimit: messageLimit)
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        Connection(hub: hub, messageLimit: messageLimit, transport: transport))
                }
            }
    }

    private static func explained(_ error: any Error, at endpoint: Endpoint) -> DaemonError {
        if let error = error as? DaemonError { return error }
        guard let error = error as? IOError else { return DaemonError("cannot listen at \(endpoint): \(error)") }
        let option = Transport(endpoint) == .webSocket ? "--ws-port" : "--tcp-port"
        let advice =
            switch error.errnoCode {
            case EADDRINUSE: "the port is in use, perhaps by another jetd; choose another one with \(option)"
            case EAFNOSUPPORT:
                "its unit may not let it open such sockets; leave that to jetd-tcp.socket and jetd-web.socket"
            case EACCES: "ports below 1024 need rights; choose another one with \(option)"
            default: String(cString: strerror(error.errnoCode))
            }
        return DaemonError("cannot listen at \(endpoint): \(advice)")
    }
}
