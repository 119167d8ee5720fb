internal import DocumentedEvents
import Glibc
import JetProtocol
import Logging
import NIOCore
import NIOPosix

/// How the daemon listens.
extension Daemon {
    /// The limit of connections that wait to be accepted. Above net.core.somaxconn of most systems, so that theirs applies.
    private static let backlog: Int32 = 4096

    func listen(at listener: DaemonConfiguration.Listener) async throws -> Endpoint {
        switch listener.endpoint {
        case .tcp(let host, let port):
            return .tcp(host: host, port: try await listen(at: listener.endpoint, host, port))
        case .webSocket(let host, let port):
            return .webSocket(host: host, port: try await listen(at: listener.endpoint, host, port))
        case .tls, .secureWebSocket:
            throw DaemonError("cannot listen at \(listener.endpoint): TLS ends in jet-tls(8)")
        case .unix(let path):
            let file = try SocketFile.listen(at: path, backlog: Self.backlog, makingFolder: listener.makesFolder)
            do {
                let channel = try await unlessStopping { bootstrap(.unix).withBoundSocket(file.descriptor) }
                try await note(channel, file: file)
                return listener.endpoint
            } catch {
                file.remove()
                throw Self.explained(error, at: listener.endpoint)
            }
        }
    }

    /// Serves a socket that systemd has opened.
    func serve(_ socket: ReceivedSocket) async throws {
        do {
            let bootstrap =
                socket.kind == .gateway ? gatewayBootstrap : bootstrap(socket.transport, isLocal: socket.isLocal)
            let channel = try await unlessStopping { bootstrap.withBoundSocket(socket.descriptor) }
            try await note(channel, file: nil, isReceived: true)
        } catch {
            throw Self.explained(error, at: socket.endpoint)
        }
        logger.debug("listening", metadata: ["endpoint": "\(socket.endpoint)", "socket": "\(socket.kind.rawValue)"])
    }

    /// Logs which sockets refuse connections because they would not be encrypted.
    func warnOfRefusals(_ configuration: DaemonConfiguration) {
        guard !configuration.allowsPlaintext else { return }
        for socket in self.configuration.sockets where !socket.isLocal {
            logger.note(
                DaemonEvent.plaintextRefused, ["endpoint": "\(socket.endpoint)", "socket": "\(socket.kind.rawValue)"])
        }
    }

    /// Listens on a port.
    ///
    /// - Returns: The port, which the system chooses if `port` is 0.
    private func listen(at endpoint: Endpoint, _ host: String, _ port: Int) async throws -> Int {
        do {
            let channel = try await unlessStopping { bootstrap(Transport(endpoint)).bind(host: host, port: port) }
            try await note(channel, file: nil)
            return channel.localAddress?.port ?? port
        } catch {
            throw Self.explained(error, at: endpoint)
        }
    }

    /// Registers a listening channel with the hub, which closes it.
    private func note(_ channel: any Channel, file: SocketFile?, isReceived: Bool = false) async throws {
        let (hub, eventLoop) = (hub, eventLoop)
        try await unlessStopping {
            eventLoop.submit {
                // NIO calls listen(2) with its default backlog for a socket that is bound already.
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

    /// - Parameter isLocal: Whether only peers on this machine can connect. Others need `allowsPlaintext`.
    private func bootstrap(_ transport: Transport, isLocal: Bool = true) -> ServerBootstrap {
        let messageLimit = configuration.messageLimit
        return bootstrap { channel, hub in
            let identity = PeerIdentity(of: channel, transport, owners: hub.socketOwners)
            do throws(Admission.Refusal) {
                try hub.admit(channel, identity)
            } catch {
                return try hub.refuse(channel, error, transport)
            }
            if !isLocal, !hub.allowsPlaintext {
                // Only HTTP can answer why.
                guard transport == .webSocket else { throw ChannelError.ioOnClosedChannel }
                return try HTTPConnection.install(
                    in: channel, hub: hub, messageLimit: messageLimit, identity: identity, isRefusal: true)
            }
            if transport != .unix { try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1) }
            try hub.install(in: channel, transport, identity, messageLimit: messageLimit)
        }
    }

    /// A listener for the connections of gateways.
    private var gatewayBootstrap: ServerBootstrap {
        let messageLimit = configuration.messageLimit
        return bootstrap { channel, hub in try GatewayHandshake.begin(in: channel, hub: hub, messageLimit: messageLimit)
        }
    }

    /// - Parameter initialize: Adds the handlers of an accepted connection. If it throws, the connection is closed.
    private func bootstrap(_ initialize: @escaping @Sendable (any Channel, Hub) throws -> Void) -> ServerBootstrap {
        let (hub, logger) = (hub, logger)
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
                    try channel.syncOptions?
                        .setOption(.recvAllocator, value: SharedBufferAllocator(sharing: hub.receiveBuffer))
                    try initialize(channel, hub)
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
                "jetd.service does not permit it to open such sockets; enable jetd-tcp.socket or jetd-web.socket"
            case EACCES: "ports below 1024 need privileges; choose another one with \(option)"
            default: String(cString: strerror(error.errnoCode))
            }
        return DaemonError("cannot listen at \(endpoint): \(advice)")
    }
}

extension Hub {
    /// Adds the handlers of a peer to its channel.
    func install(
        in channel: any Channel, _ transport: Transport, _ identity: PeerIdentity, messageLimit: Int
    ) throws {
        if transport == .webSocket {
            return try HTTPConnection.install(
                in: channel, hub: self, messageLimit: messageLimit, identity: identity)
        }
        try channel.pipeline.syncOperations.addHandler(
            Connection(hub: self, messageLimit: messageLimit, transport: transport, identity: identity))
    }
}
