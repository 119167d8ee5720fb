import NIOCore
import NIOPosix
import NIOSSL
import ProxyProtocol
import Synchronization

/// One end of a connection in a test: keeps what it receives, and sends.
final class TestPeer: Sendable {
    struct State {
        var bytes: [UInt8] = []
        /// How many bytes have come, also those that are not kept.
        var count = 0
        var hasEnded = false
        var isClosed = false
        var isConnected = false
        var isSecure = false
    }

    let state = Mutex(State())
    let channel: any Channel
    /// Whether the bytes are counted only.
    private let counts: Bool

    init(_ channel: any Channel, counts: Bool = false) { (self.channel, self.counts) = (channel, counts) }

    var bytes: [UInt8] { state.withLock(\.bytes) }
    var count: Int { state.withLock(\.count) }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }
    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Ends its output.
    func end() async throws { try await channel.close(mode: .output) }

    /// Waits until a condition holds.
    func wait(_ what: String, until condition: (State) -> Bool) async throws {
        try await eventually("\(what): \(text.prefix(300))") { state.withLock { condition($0) } }
    }

    func waitFor(_ text: String) async throws {
        try await wait(text) { String(decoding: $0.bytes, as: UTF8.self).contains(text) }
    }

    func waitForEnd() async throws { try await wait("end") { $0.hasEnded || $0.isClosed } }

    /// Closes it, if the other side has not yet.
    func close() async { try? await channel.close() }

    /// Reads from the socket, or no longer.
    func setReading(_ isReading: Bool) async throws { try await channel.setOption(.autoRead, value: isReading).get() }

    /// The handler that keeps what is received.
    final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let peer: TestPeer
        private let echoes: Bool

        init(_ peer: TestPeer, echoes: Bool = false) { (self.peer, self.echoes) = (peer, echoes) }

        func channelActive(context: ChannelHandlerContext) { peer.state.withLock { $0.isConnected = true } }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            let counts = peer.counts
            peer.state.withLock {
                $0.count += buffer.readableBytes
                if !counts { $0.bytes += buffer.readableBytesView }
            }
            if echoes { context.writeAndFlush(data, promise: nil) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .inputClosed? = event as? ChannelEvent { peer.state.withLock { $0.hasEnded = true } }
            if "\(event)".hasPrefix("handshakeCompleted") { peer.state.withLock { $0.isSecure = true } }
        }

        func channelInactive(context: ChannelHandlerContext) { peer.state.withLock { $0.isClosed = true } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

/// What was waited for did not happen.
struct Overdue: Error, CustomStringConvertible { let description: String }

/// Waits until a condition holds.
func eventually(_ what: @autoclosure () -> String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw Overdue(description: what()) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

extension TestPeer {
    static var group: MultiThreadedEventLoopGroup { .singleton }

    /// Connects to a port of this machine.
    ///
    /// - Parameter tls: How it speaks TLS; `nil` for not.
    static func connect(_ port: Int, tls: TLSConfiguration? = nil, counts: Bool = false) async throws -> TestPeer {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let made = Mutex<TestPeer?>(nil)
        _ = try await ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let peer = TestPeer(channel, counts: counts)
                    if let context {
                        let handler = try NIOSSLClientHandler(context: context, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(Handler(peer))
                    made.withLock { $0 = peer }
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        guard let peer = made.withLock({ $0 }) else { throw Overdue(description: "no channel") }
        return peer
    }
}

/// A daemon of which only the socket is there: tests see what it receives, and answer.
final class FakeDaemon: Sendable {
    let path: String
    private let box = Box()
    private let server: (any Channel)?

    /// - Parameters:
    ///   - echoes: Whether it sends back what it receives, including the header.
    ///   - reads: Whether it reads at all.
    init(at path: String, isThere: Bool = true, echoes: Bool = false, reads: Bool = true, counts: Bool = false)
        async throws
    {
        self.path = path
        let box = box
        guard isThere else {
            server = nil
            return
        }
        server = try await ServerBootstrap(group: TestPeer.group)
            .serverChannelOption(.backlog, value: 4096)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: reads)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let peer = TestPeer(channel, counts: counts)
                    try channel.pipeline.syncOperations.addHandler(TestPeer.Handler(peer, echoes: echoes))
                    box.peers.withLock { $0.append(peer) }
                }
            }
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    }

    /// How many connections it has had.
    var count: Int { box.peers.withLock(\.count) }

    /// The connection with this number, from 0.
    func peer(_ number: Int = 0) async throws -> TestPeer {
        try await eventually("connection \(number) of the daemon") { self.count > number }
        return box.peers.withLock { $0[number] }
    }

    /// The header of a connection, and what has come after it.
    func header(_ number: Int = 0) async throws -> (header: ProxyHeader, rest: [UInt8]) {
        let peer = try await peer(number)
        try await peer.wait("header") { (try? ProxyHeader.read($0.bytes)) != nil }
        let bytes = peer.bytes
        guard let (header, length) = try ProxyHeader.read(bytes) else { throw Overdue(description: "no header") }
        return (header, Array(bytes[length...]))
    }

    func close() async { try? await server?.close() }
}

/// The connections that a server of a test has had.
final class Box: Sendable { let peers = Mutex<[TestPeer]>([]) }
