import NIOCore
import NIOTLS

/// Stands behind TLS in the pipeline, and reports how its handshake ends. It removes itself then.
final class HandshakeWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let done: EventLoopPromise<Void>
    private let timeout: TimeAmount

    /// When the handshake is done, or why it has failed.
    var handshake: EventLoopFuture<Void> { done.futureResult }

    init(timeout: TimeAmount, eventLoop: any EventLoop) {
        self.timeout = timeout
        done = eventLoop.makePromise()
    }

    func channelActive(context: ChannelHandlerContext) {
        let patience = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            self.done.fail(ChannelError.connectTimeout(self.timeout))
            context.close(promise: nil)
        }
        handshake.whenComplete { _ in patience.cancel() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard case .handshakeCompleted? = event as? TLSUserEvent else { return }
        done.succeed()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(DaemonMismatch.hungUp(during: "the handshake of TLS"))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        done.fail(DaemonMismatch.hungUp(during: "the handshake of TLS"))
    }
}
