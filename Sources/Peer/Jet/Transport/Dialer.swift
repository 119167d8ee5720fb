import JetProtocol
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Makes connections to an endpoint: all that stands between the socket and length-prefixed messages.
struct Dialer: Sendable {
    let endpoint: Endpoint
    let security: Peer.Security
    /// The longest message that is accepted from the daemon, in bytes as they are sent.
    let messageLimit: Int
    /// How long connecting may take, with all handshakes.
    let timeout: Duration
    let loop: any EventLoop

    /// Adds the handlers that read and write length-prefixed messages.
    typealias AddHandlers = @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void

    /// Makes a connection.
    ///
    /// - Returns: The channel, after all handshakes.
    func connect(_ addHandlers: @escaping AddHandlers) -> EventLoopFuture<any Channel> {
        switch endpoint {
        case .unix(let path):
            bootstrap(addHandlers).connect(unixDomainSocketPath: path)
        case .tcp(let host, let port):
            networkBootstrap { pipeline in
                try pipeline.addHandler(AnswerCheck(expectsTLS: false))
                try addHandlers(pipeline)
            }.connect(host: host, port: port)
        case .webSocket(let host, let port):
            networkBootstrap { pipeline in
                try addWebSocket(to: pipeline, timeout: timeout)
                try addHandlers(pipeline)
            }.connect(host: host, port: port).flatMap(Self.awaitWebSocket)
        case .tls(let host, let port), .secureWebSocket(let host, let port):
            loop.makeFutureWithTask { try await SecureDialer(self, host: host, port: port).connect(addHandlers) }
        }
    }

    // MARK: Parts

    private func bootstrap(_ addHandlers: @escaping AddHandlers, timeout: Duration? = nil) -> ClientBootstrap {
        ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(timeout ?? self.timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try addHandlers(channel.pipeline.syncOperations) }
            }
    }

    /// What connects to other machines, and finds out when they are gone.
    func networkBootstrap(timeout: Duration? = nil, _ addHandlers: @escaping AddHandlers) -> ClientBootstrap {
        bootstrap(addHandlers, timeout: timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.keepIdle), value: 10)
            .channelOption(.tcpOption(.keepInterval), value: 5)
            .channelOption(.tcpOption(.keepCount), value: 3)
            .channelOption(.tcpOption(.userTimeout), value: 25_000)
    }

    func addWebSocket(to pipeline: ChannelPipeline.SynchronousOperations, timeout: Duration) throws {
        let authority = endpoint.description.drop { $0 != "/" }.dropFirst(2)
        try pipeline.addHandler(
            WebSocketHandler(
                host: String(authority), limit: messageLimit, timeout: TimeAmount(timeout), eventLoop: loop))
    }

    /// Waits until the handshake of a WebSocket is done. On the loop.
    static func awaitWebSocket(_ channel: any Channel) -> EventLoopFuture<any Channel> {
        do {
            let handler = try channel.pipeline.syncOperations.handler(type: WebSocketHandler.self)
            return handler.opening.map { channel }
        } catch {
            return channel.eventLoop.makeFailedFuture(DaemonMismatch.hungUp(during: "the handshake of the WebSocket"))
        }
    }
}

extension NIOBSDSocket.Option {
    // A daemon that lost its power does not close its connections. These set after how many idle seconds the system
    // probes, how often, and how long it waits for what was sent to be acknowledged, in ms (tcp(7)).
    fileprivate static let keepIdle = NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)
    fileprivate static let keepInterval = NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)
    fileprivate static let keepCount = NIOBSDSocket.Option(rawValue: TCP_KEEPCNT)
    fileprivate static let userTimeout = NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)
}
