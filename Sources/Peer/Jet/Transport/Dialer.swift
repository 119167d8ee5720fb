import JetProtocol
import NIOCore
import NIOPosix
import Synchronization

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
            bootstrap { channel in try addHandlers(channel.pipeline.syncOperations) }
                .connect(unixDomainSocketPath: path)
        case .tcp(let host, let port):
            networkBootstrap { channel in
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(AnswerCheck(expectsTLS: false))
                try addHandlers(pipeline)
            }.connect(host: host, port: port)
        case .webSocket(let host, let port):
            webSocket(host, port, addHandlers)
        case .tls(let host, let port), .secureWebSocket(let host, let port):
            loop.makeFutureWithTask { try await SecureDialer(self, host: host, port: port).connect(addHandlers) }
        }
    }

    private func webSocket(
        _ host: String, _ port: Int, _ addHandlers: @escaping AddHandlers
    ) -> EventLoopFuture<any Channel> {
        let handshakes = Handshakes()
        return networkBootstrap { channel in
            let pipeline = channel.pipeline.syncOperations
            handshakes.add(try addWebSocket(to: pipeline, timeout: timeout), of: channel)
            try addHandlers(pipeline)
        }.connect(host: host, port: port).flatMap(handshakes.done)
    }

    // MARK: Parts

    /// Prepares a channel.
    typealias Initialize = @Sendable (any Channel) throws -> Void

    private func bootstrap(timeout: Duration? = nil, _ initialize: @escaping Initialize) -> ClientBootstrap {
        ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(timeout ?? self.timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try initialize(channel) }
            }
    }

    /// What connects to other machines, and finds out when they are gone.
    func networkBootstrap(timeout: Duration? = nil, _ initialize: @escaping Initialize) -> ClientBootstrap {
        bootstrap(timeout: timeout, initialize)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.keepIdle), value: 10)
            .channelOption(.tcpOption(.keepInterval), value: 5)
            .channelOption(.tcpOption(.keepCount), value: 3)
            .channelOption(.tcpOption(.userTimeout), value: 25_000)
    }

    /// Adds what makes the handshake of a WebSocket.
    ///
    /// - Returns: When that is done.
    func addWebSocket(
        to pipeline: ChannelPipeline.SynchronousOperations, timeout: Duration
    ) throws -> EventLoopFuture<Void> {
        let authority = endpoint.description.drop { $0 != "/" }.dropFirst(2)
        let handler = WebSocketHandler(
            host: String(authority), limit: messageLimit, timeout: TimeAmount(timeout), eventLoop: loop)
        try pipeline.addHandler(handler)
        return handler.opening
    }
}

/// The handshakes of the connections that an attempt makes: one for each address of a host, until one has succeeded. A
/// connection may have been closed when NIO hands it out; why it was is known here.
final class Handshakes: Sendable {
    private let futures = Mutex<[ObjectIdentifier: EventLoopFuture<Void>]>([:])

    /// Keeps the future for a channel.
    func add(_ handshake: EventLoopFuture<Void>, of channel: any Channel) {
        futures.withLock { $0[ObjectIdentifier(channel)] = handshake }
    }

    /// The channel, after its handshakes.
    @Sendable func done(_ channel: any Channel) -> EventLoopFuture<any Channel> {
        guard let handshake = futures.withLock({ $0[ObjectIdentifier(channel)] }) else {
            return channel.eventLoop.makeSucceededFuture(channel)
        }
        return handshake.map { channel }
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
