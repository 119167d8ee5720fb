import Glibc
import JetProtocol
import NIOCore
import NIOPosix
import Synchronization

/// Listens on a port of the loopback, answers the first bytes of each connection with always the same, and may hang up then.
final class StubServer: Sendable {
    let port: Int
    private let listener: any Channel

    private init(_ listener: any Channel) {
        self.listener = listener
        port = listener.localAddress?.port ?? 0
    }

    /// - Parameters:
    ///   - answer: What is sent when something has come, which it is a function of; `nil` to stay silent.
    ///   - hangsUp: Whether the connection is closed then.
    static func start(
        hangsUp: Bool = false, _ answer: @escaping @Sendable (String) -> [UInt8]?
    ) async throws -> StubServer {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answer(answer, hangsUp))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return StubServer(listener)
    }

    func stop() async { try? await listener.close().get() }

    private final class Answer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: (String) -> [UInt8]?
        private let hangsUp: Bool
        private var hasAnswered = false

        init(_ answer: @escaping (String) -> [UInt8]?, _ hangsUp: Bool) {
            self.answer = answer
            self.hangsUp = hangsUp
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !hasAnswered else { return }
            hasAnswered = true
            let text = String(decoding: unwrapInboundIn(data).readableBytesView, as: UTF8.self)
            if let bytes = answer(text) {
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            }
            if hangsUp { context.close(promise: nil) }
        }
    }
}

/// Runs a stub for as long as `body` runs.
func withStub(
    hangsUp: Bool = false, _ answer: @escaping @Sendable (String) -> [UInt8]?,
    _ body: (_ port: Int) async throws -> Void
) async throws {
    let stub = try await StubServer.start(hangsUp: hangsUp, answer)
    do {
        try await body(stub.port)
        await stub.stop()
    } catch {
        await stub.stop()
        throw error
    }
}

/// A port of the loopback that is taken, so that nothing else listens there, and refuses connections.
final class ClosedPort: Sendable {
    struct Failed: Error {}

    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (descriptor, size) = (descriptor, length)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard isBound else { throw Failed() }
    }

    deinit { close(descriptor) }
}
