import NIOCore

/// The connection to the daemon that belongs to a session. It reads from the daemon only while the client's socket accepts
/// more.
final class DaemonLink: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a daemon that does not read may keep what a client sent before it closed.
    private static let patience = TimeAmount.seconds(5)

    private let session: Session
    private let channel: any Channel
    private var context: ChannelHandlerContext?
    private var waitsToRead = false
    /// Whether the client is gone.
    private var isClosing = false
    /// Whether it is closed once all is written.
    private var isFinishing = false
    private var hasInputEnded = false

    init(_ session: Session, channel: any Channel) { (self.session, self.channel) = (session, channel) }

    // MARK: From the client

    /// Whether the daemon's socket accepts more.
    var isWritable: Bool { channel.isWritable }

    func write(_ buffer: ByteBuffer) { context?.write(wrapOutboundOut(buffer), promise: nil) }

    func flush() { context?.flush() }

    /// The client sends nothing more.
    func endOutput() {
        // With both directions ended, NIO would close the channel and drop what is not sent yet.
        if hasInputEnded { finish() } else { context?.close(mode: .output, promise: nil) }
    }

    func resumeReading() {
        guard waitsToRead, session.isWritable || isClosing, let context else { return }
        waitsToRead = false
        context.read()
    }

    /// The client is gone: the daemon gets what is left.
    func close() {
        isClosing = true
        finish()
    }

    private func finish() {
        guard !isFinishing else { return }
        guard let context else { return channel.close(promise: nil) }
        isFinishing = true
        let written = context.eventLoop.makePromise(of: Void.self)
        let channel = channel
        let timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        written.futureResult.assumeIsolated().whenComplete { _ in
            timer.cancel()
            channel.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    // MARK: From the daemon

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        let buffers = session.begin()
        // The client has closed in the meantime.
        guard !buffers.isEmpty else { return context.close(promise: nil) }
        for buffer in buffers { write(buffer) }
        context.flush()
        session.proceed()
    }

    func read(context: ChannelHandlerContext) {
        if session.isWritable || isClosing { context.read() } else { waitsToRead = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isClosing { session.write(unwrapInboundIn(data)) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { if !isClosing { session.flush() } }

    func channelWritabilityChanged(context: ChannelHandlerContext) { if isWritable { session.resumeReading() } }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return }
        hasInputEnded = true
        if !isClosing { session.endOutput() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        if !isClosing { session.linkClosed() }
        isClosing = true
    }
}
