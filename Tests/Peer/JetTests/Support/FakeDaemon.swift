import Glibc
import JSONText
import Jet
import JetProtocol
import NIOCore
import NIOPosix
import Synchronization

/// Something that listens where a daemon should, and does what a test wants: it says nothing by itself. Tests take the
/// messages that came and send bytes, good or bad.
final class FakeDaemon: Sendable {
    let endpoint: Endpoint
    /// What peers said, in order, of all connections together.
    let messages: AsyncStream<JSON>
    private let listener: any Channel
    private let accepted: Accepted

    private init(endpoint: Endpoint, messages: AsyncStream<JSON>, listener: any Channel, accepted: Accepted) {
        self.endpoint = endpoint
        self.messages = messages
        self.listener = listener
        self.accepted = accepted
    }

    /// One on a unix socket of its own.
    static func start() async throws -> FakeDaemon {
        let path = socketPath()
        let (messages, continuation) = AsyncStream.makeStream(of: JSON.self)
        let accepted = Accepted()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                accepted.channels.withLock { $0.append(channel) }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        return FakeDaemon(endpoint: .unix(path: path), messages: messages, listener: listener, accepted: accepted)
    }

    /// Sends a message to all peers.
    func send(_ message: JSON) async throws { try await send(bytes: Self.frame(message.text)) }

    /// Sends bytes to all peers.
    func send(bytes: [UInt8]) async throws {
        for channel in accepted.channels.withLock({ $0 }) {
            try await channel.writeAndFlush(channel.allocator.buffer(bytes: bytes)).get()
        }
    }

    /// Begins or ceases to read what comes.
    func setReading(_ isReading: Bool) async throws {
        for channel in accepted.channels.withLock({ $0 }) {
            try await channel.setOption(.autoRead, value: isReading).get()
        }
    }

    /// Hangs up on all peers, and listens on.
    func hangUp() async {
        let channels = accepted.channels.withLock { channels in
            defer { channels = [] }
            return channels
        }
        for channel in channels { try? await channel.close().get() }
    }

    func stop() async {
        try? await listener.close().get()
        await hangUp()
        if case .unix(let path) = endpoint { unlink(path) }
    }

    static func frame(_ message: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        Frame.appendHeader(length: message.count, to: &bytes)
        return bytes + message
    }

    private final class Accepted: Sendable {
        let channels = Mutex<[any Channel]>([])
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var reader = FrameReader(limit: 1 << 26)
        private let messages: AsyncStream<JSON>.Continuation

        init(_ messages: AsyncStream<JSON>.Continuation) { self.messages = messages }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            _ = unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
                try? reader.read(bytes.bytes) { message in
                    messages.yield((try? JSON(parsing: message)) ?? "not JSON")
                    return true
                }
            }
        }
    }
}
