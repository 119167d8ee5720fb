import JetBus
import JetProtocol
import Logging
import NIOCore

/// One peer's connection: messages in, the outbox out.
///
/// At most one write is under way. While the socket does not take it, the peer's output gathers in its outbox, where the
/// bus keeps it in bounds; and while the peer does not read, its own messages are not read either.
///
/// How it comes and goes is here; what it reads and writes is in the extensions.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Where a connection stands.
    enum Phase {
        /// Not connected yet. Becomes `open`; `closed` if the daemon is about to end.
        case new
        /// A peer of the bus. Becomes `ending` when the bus wants it closed or the daemon ends; `closed` when the
        /// connection breaks.
        case open(PeerID)
        /// No peer any more. What was written to it is on its way; what it sends is thrown away. Becomes `closed` when it
        /// has closed its side, or when patience ends.
        case ending
        /// Nothing comes and goes any more.
        case closed
    }

    let hub: Hub
    let transport: Transport
    private(set) var phase = Phase.new
    /// Whether the socket is read.
    var isReading = true
    /// Whether the peer has said its last word. It may still listen.
    var hasInputEnded = false
    /// Whether the socket has not taken enough of the last write.
    var isWriting = false
    private(set) var context: ChannelHandlerContext?

    // Input

    /// Reads a byte stream.
    var frames: FrameReader
    /// What a WebSocket needs beside; `nil` for a byte stream.
    var webSocket: WebSocketDialogue?
    /// What has come and is not handled yet, since the peer does not read.
    var unread: ByteBuffer?

    // Output

    /// The way into the socket.
    var writer = DirectWriter()
    /// Closes a connection that does not end by itself.
    private(set) var patience: Scheduled<Void>?
    /// How long a peer that is to be closed may take to read what is due to it.
    static let patience = TimeAmount.seconds(5)

    init(hub: Hub, messageLimit: Int, transport: Transport) {
        self.hub = hub
        self.transport = transport
        frames = FrameReader(limit: messageLimit)
        webSocket = transport == .webSocket ? WebSocketDialogue(messageLimit: messageLimit) : nil
    }

    // MARK: Beginning

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start(context) }
    }

    func channelActive(context: ChannelHandlerContext) { start(context) }

    private func start(_ context: ChannelHandlerContext) {
        guard case .new = phase else { return }
        guard let peer = hub.connect(self, credentials) else {
            phase = .closed
            return context.close(promise: nil)
        }
        phase = .open(peer)
        writer = DirectWriter(context)
        if webSocket != nil { hub.heartbeat.join(self) }
        hub.logger.debug("connected", metadata: ["peer": "\(peer.index)", "by": "\(transport)"])
    }

    // MARK: End

    /// Ends the connection so that what was written arrives: the peer is told that nothing follows, and what it still
    /// sends is thrown away for a moment. Closing at once would reset the connection, and the peer might never read why.
    ///
    /// - Parameter time: How long the peer may take to read the rest; `nil` for as long as it likes.
    func end(_ context: ChannelHandlerContext, within time: TimeAmount?) {
        leave(for: .ending)
        setReading(true)
        if let time { close(context, in: time) }
        // NIO may hold a little of the last writes. This one, which may be empty, is done when all before it are.
        let rest = context.eventLoop.makePromise(of: Void.self)
        rest.futureResult.assumeIsolated().whenSuccess {
            guard !self.hasInputEnded else { return context.close(promise: nil) }
            context.close(mode: .output, promise: nil)
            self.close(context, in: .seconds(1))
        }
        let last = webSocket.map { ByteBuffer(bytes: $0.lastFrame) } ?? ByteBuffer()
        context.writeAndFlush(wrapOutboundOut(last), promise: rest)
    }

    func close(_ context: ChannelHandlerContext, in time: TimeAmount) {
        patience?.cancel()
        patience = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }

    /// The connection ends with the daemon.
    ///
    /// - Returns: When it is closed.
    func end(patience time: TimeAmount) -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        webSocket?.bid(.goingAway)
        writeRestAndEnd(context, within: nil)
        // This is the last word, whatever time was granted before.
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
        return context.channel.closeFuture
    }

    /// Ends the connection after what waits in the outbox now, even if a write is under way.
    func writeRestAndEnd(_ context: ChannelHandlerContext, within time: TimeAmount?) {
        guard case .open(let peer) = phase else { return }
        if let output = hub.takeOutput(of: peer) { context.write(wrapOutboundOut(output), promise: nil) }
        end(context, within: time)
    }

    func channelInactive(context: ChannelHandlerContext) {
        patience?.cancel()
        leave(for: .closed)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        hub.logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    /// Leaves the bus, if the connection is still a peer of it.
    private func leave(for phase: Phase) {
        let former = self.phase
        self.phase = phase
        unread = nil
        guard case .open(let peer) = former else { return }
        if webSocket != nil { hub.heartbeat.leave(self) }
        hub.logger.debug("disconnected", metadata: ["peer": "\(peer.index)"])
        hub.disconnect(peer)
    }

    // MARK: Events of the channel

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if case .open(let peer) = phase {
            if unread == nil, !hub.bus.isPaused(peer) {
                receive(buffer, from: peer)
            } else {
                // Though it is told not to, NIO reads all that is there when the peer says its last word.
                if unread == nil { unread = ByteBuffer() }
                unread?.writeImmutableBuffer(buffer)
            }
        }
        hub.receiveBuffer.giveBack(buffer)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { endInput() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard isWriting, context.channel.isWritable, case .open(let peer) = phase else { return }
        isWriting = false
        continueAfterWriting(peer)
    }
}
