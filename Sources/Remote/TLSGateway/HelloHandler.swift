import NIOCore
import NIOSSL

/// Reads the ClientHello of a connection, and only then sets up TLS as it fits the client. A connection that does not begin
/// with a ClientHello costs no more than its descriptor.
final class HelloHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let session: Session
    private var received: [UInt8] = []
    private var needed = 1
    private var isDone = false

    init(_ session: Session) { self.session = session }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        received += unwrapInboundIn(data).readableBytesView
        // A client that sends single bytes does not have all of them read again and again.
        guard received.count >= needed else { return }
        do throws(ClientHello.Problem) {
            switch try ClientHello.read(received) {
            case .incomplete(let needed): self.needed = needed
            case .complete(let hello): begin(hello, context)
            }
        } catch {
            refuse(error, context)
        }
    }

    /// Sets up TLS, which receives what was read.
    private func begin(_ hello: ClientHello, _ context: ChannelHandlerContext) {
        isDone = true
        let buffer = context.channel.allocator.buffer(bytes: received)
        received = []
        do {
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandlers([session.secure(for: hello), session], position: .after(self))
            context.fireChannelRead(wrapInboundOut(buffer))
            context.fireChannelReadComplete()
            pipeline.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    private func refuse(_ problem: ClientHello.Problem, _ context: ChannelHandlerContext) {
        isDone = true
        session.fail(problem.rawValue)
        let isHTTP = problem == .noHandshake && received.first.map { (0x41...0x5A).contains($0) } == true
        received = []
        let answer = isHTTP ? HTTPAnswer.needsTLS : Self.decodeError
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
        context.close(mode: .output, promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { context.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The rest of the ClientHello does not come any more.
        if case .inputClosed? = event as? ChannelEvent {
            session.fail("it was closed before its ClientHello was complete")
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// The alert `decode_error` (RFC 8446 §6) in a record of its own.
    private static let decodeError: [UInt8] = [21, 3, 3, 0, 2, 2, 50]
}

/// What clients that speak HTTP get from the gateway itself.
enum HTTPAnswer {
    /// To a request without TLS.
    static let needsTLS = page(
        "400 Bad Request", "This port accepts encrypted connections only: use https:// or wss:// instead.\n")
    /// To a request that cannot be passed on.
    static let unavailable = page(
        "503 Service Unavailable", "The daemon of this device cannot be reached. Try again later.\n")

    private static func page(_ status: String, _ text: String) -> [UInt8] {
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: \(text.utf8.count)\r\n"
            + "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
        return Array((head + text).utf8)
    }
}
