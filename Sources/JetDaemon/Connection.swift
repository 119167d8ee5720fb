import JetBus
import JetProtocol
import Logging
import NIOCore

/// One peer's connection by a byte stream: frames in, the outbox out.
///
/// At most one write is under way. While the socket does not take it, the peer's output gathers in its outbox, where the
/// bus keeps it in bounds; and while the peer does not read, its own messages are not read either.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let hub: Hub
    private let isTCP: Bool
    private var frames: FrameReader
    private var context: ChannelHandlerContext?
    private var peer: PeerID?
    /// Whether the socket has not taken all of the last write.
    private var isWriting = false
    private var isReading = true
    /// Whether nothing more is read, because the peer is to be closed or has said its last word.
    private var hasEnded = false

    init(hub: Hub, messageLimit: Int, isTCP: Bool) {
        self.hub = hub
        self.isTCP = isTCP
        frames = FrameReader(limit: messageLimit)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start(context) }
    }

    func channelActive(context: ChannelHandlerContext) { start(context) }

    private func start(_ context: ChannelHandlerContext) {
        guard peer == nil, !hasEnded else { return }
        peer = hub.connect(self)
        guard let peer else {
            hasEnded = true
            return context.close(promise: nil)
        }
        hub.logger.debug("connected", metadata: ["peer": "\(peer.index)", "by": isTCP ? "tcp" : "unix"])
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if let peer, !hasEnded { receive(buffer, from: peer) }
        hub.receiveBuffer.giveBack(buffer)
    }

    private func receive(_ buffer: ByteBuffer, from peer: PeerID) {
        let now = NIODeadline.now().uptimeNanoseconds
        let bus = hub.bus
        let error = buffer.withUnsafeReadableBytes { bytes -> FrameError? in
            do throws(FrameError) {
                try frames.read(bytes.bytes) { message in
                    bus.receive(message, from: peer, at: now)
                    return !bus.isClosing(peer)
                }
                return nil
            } catch {
                return error
            }
        }
        if let error {
            hub.logger.notice(
                "message too long", metadata: ["peer": "\(peer.index)", "bytes": "\(error.length)"])
            bus.refuse(peer, with: .limitExceeded("messageSize", max: error.limit))
        }
        if bus.isPaused(peer) { setReading(false) }
        hub.scheduleTurnEnd()
    }

    // MARK: Output

    /// Writes what is in the outbox, unless a write is under way: then it goes out behind that.
    func write() {
        guard let context, let peer else { return }
        if !isWriting, let output = hub.takeOutput(of: peer) {
            context.writeAndFlush(wrapOutboundOut(output), promise: nil)
            // NIO has written what the socket took. If something is left, the channel is not writable until it is gone.
            isWriting = !context.channel.isWritable
            if !isWriting { continueWriting(peer) }
        }
        if hub.bus.isClosing(peer) { close(context) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard isWriting, context.channel.isWritable, let peer else { return }
        isWriting = false
        continueWriting(peer)
        hub.scheduleTurnEnd()
    }

    /// The socket has taken all: the bus may give more, and the peer is read again.
    private func continueWriting(_ peer: PeerID) {
        _ = hub.bus.outputWritten(of: peer)
        if !hub.bus.isPaused(peer) { setReading(true) }
    }

    private func setReading(_ isReading: Bool) {
        guard isReading != self.isReading, let context, context.channel.isActive else { return }
        self.isReading = isReading
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }

    // MARK: End

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The peer has said its last word, but may still listen to the answers.
        if case .inputClosed? = event as? ChannelEvent, !hasEnded {
            hasEnded = true
            if let peer { hub.bus.endInput(of: peer) }
            hub.scheduleTurnEnd()
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Closes the connection so that what was written arrives: the peer is told that nothing follows, and what it still
    /// sends is thrown away for a moment. Closing at once would reset the connection, and the peer might never read why.
    private func close(_ context: ChannelHandlerContext) {
        leave()
        guard !hasEnded else { return context.close(promise: nil) }
        hasEnded = true
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { leave() }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        hub.logger.debug("connection failed", metadata: ["peer": "\(peer?.index ?? -1)", "error": "\(error)"])
        context.close(promise: nil)
    }

    /// The connection ends with the daemon.
    func end() -> EventLoopFuture<Void>? {
        leave()
        hasEnded = true
        return context?.close()
    }

    private func leave() {
        guard let peer else { return }
        self.peer = nil
        hub.logger.debug("disconnected", metadata: ["peer": "\(peer.index)"])
        hub.disconnect(peer)
    }
}
