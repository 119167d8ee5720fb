import Digests
import Jet
import JetProtocol
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

@testable import Jet

/// What stands before a daemon and does TLS, as `jet-tls` does: it passes the bytes inside on to a socket.
final class TLSFront: Sendable {
    /// What it has seen of its connections.
    struct Seen {
        /// How many there were.
        var connections = 0
        /// How many of them came to the end of the handshake.
        var handshakes = 0
        /// The protocol that was agreed on by ALPN last.
        var protocolName: String?
        /// The fingerprint of the key that the client has shown last.
        var key: Fingerprint?
    }

    let port: Int
    private let listener: any Channel
    private let record: Record

    private final class Record: Sendable {
        let seen = Mutex(Seen())
        let channels = Mutex<[any Channel]>([])
    }

    private init(_ listener: any Channel, _ record: Record) {
        self.listener = listener
        self.record = record
        port = listener.localAddress?.port ?? 0
    }

    var seen: Seen { record.seen.withLock { $0 } }

    /// Listens on a port of the loopback.
    ///
    /// - Parameters:
    ///   - certificate: A name of `TestCertificates`.
    ///   - endpoint: Where the bytes are passed on to.
    ///   - asksForKey: Whether the client must show a certificate.
    static func start(_ certificate: String, before endpoint: Endpoint, asksForKey: Bool = false) async throws
        -> TLSFront
    {
        let chain = try NIOSSLCertificate.fromPEMFile(await TestCertificates.path(certificate + ".pem"))
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(
                try NIOSSLPrivateKey(file: await TestCertificates.path(certificate + ".key"), format: .pem)))
        configuration.applicationProtocols = ["http/1.1", "jet"]
        if asksForKey { configuration.certificateVerification = .noHostnameVerification }
        let context = try NIOSSLContext(configuration: configuration)
        let record = Record()
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let listener = try await ServerBootstrap(group: loop)
            .childChannelOption(.autoRead, value: true)
            .childChannelInitializer { channel in
                record.seen.withLock { $0.connections += 1 }
                record.channels.withLock { $0.append(channel) }
                return channel.eventLoop.makeCompletedFuture {
                    let tls =
                        asksForKey
                        ? NIOSSLServerHandler(context: context) { chain, promise in
                            let contents = (try? chain.first?.toDERBytes()).flatMap { CertificateContents(der: $0) }
                            record.seen.withLock { $0.key = contents?.fingerprint }
                            promise.succeed(.certificateVerified)
                        } : NIOSSLServerHandler(context: context)
                    try channel.pipeline.syncOperations.addHandler(tls)
                    try channel.pipeline.syncOperations.addHandler(Opener(record, endpoint))
                    try channel.pipeline.syncOperations.addHandler(TunnelEnd())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TLSFront(listener, record)
    }

    /// Hangs up on all, and listens on.
    func hangUp() {
        for channel in record.channels.withLock({ channels in
            defer { channels = [] }
            return channels
        }) { channel.close(promise: nil) }
    }

    func stop() async {
        try? await listener.close().get()
        hangUp()
    }

    /// Connects to the daemon when the handshake is done.
    private final class Opener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let record: Record
        private let endpoint: Endpoint

        init(_ record: Record, _ endpoint: Endpoint) {
            self.record = record
            self.endpoint = endpoint
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case .handshakeCompleted(let name)? = event as? TLSUserEvent else { return }
            record.seen.withLock { seen in
                seen.handshakes += 1
                seen.protocolName = name
            }
            let far = context.channel
            let bootstrap = ClientBootstrap(group: context.eventLoop).channelOption(.autoRead, value: false)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(TunnelEnd())
                    }
                }
            let connected: EventLoopFuture<any Channel> =
                switch endpoint {
                case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
                default: bootstrap.connect(host: endpoint.address?.host ?? "", port: endpoint.address?.port ?? 0)
                }
            connected.flatMapThrowing { near in try TunnelEnd.join(near, far) }.whenFailure { _ in
                far.close(promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

/// Starts something that does TLS before a daemon, for as long as `body` runs.
func withTLS<Result>(
    _ certificate: String = "leaf", webSocket: Bool = false, asksForKey: Bool = false,
    _ body: (TLSFront) async throws -> Result
) async throws -> Result {
    try await withDaemon(at: webSocket ? .webSocket(host: "127.0.0.1", port: 0) : .unix(path: socketPath())) {
        endpoint in
        let front = try await TLSFront.start(certificate, before: endpoint, asksForKey: asksForKey)
        do {
            let result = try await body(front)
            await front.stop()
            return result
        } catch {
            await front.stop()
            throw error
        }
    }
}
