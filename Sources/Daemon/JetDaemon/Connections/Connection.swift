import JetBus
import JetProtocol
import Logging
import NIOCore

/// The connection of one peer: passes messages to the bus and writes the peer's outbox to the socket.
///
/// At most one write is in progress. Until the socket has accepted it, further output stays in the outbox, which the bus
/// limits; and while the peer does not read, its own messages are not read either.
///
/// This file has the lifecycle; the extensions have input and output.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The lifecycle of a connection.
    enum Phase {
        /// Not connected yet. Becomes `open`, or `closed` if the daemon is stopping.
        case new
        /// A peer of the bus. Becomes `ending` when the bus closes it or the daemon stops; `closed` when the connection
        /// breaks.
        case open(PeerID)
        /// No longer a peer of the bus. Its output is being written; its input is discarded. Becomes `closed` when the
        /// peer closes its side, or by the timer.
        case ending
        /// Closed.
        case closed
    }

    let hub: Hub
    let transport: Transport
    /// What the system knows of the peer.
    let identity: PeerIdentity
    /// The user that the peer is by its key or certificate, while it is logged in by it.
    var provenUser: String?
    private(set) var phase = Phase.new
    /// Whether the socket is read.
    var isReading = true
    /// Whether the peer is closed if it sends no message in time.
    var isSilent = false
    /// Whether the peer has closed its sending side. It may still read.
    var hasInputEnded = false
    /// Whether its output waits for the next turn; see `Hub.writeOutput`.
    var isLate = false
    /// Whether a write is in progress.
    var isWriting = false
    private(set) var context: ChannelHandlerContext?

    // Input

    /// Splits a byte stream into messages.
    var frames: FrameReader
    /// The state of the WebSocket protocol; `nil` for a byte stream.
    var webSocket: WebSocketSession?
    /// Input that is not handled yet, because the peer does not read its output.
    var unread: ByteBuffer?

    // Output

    /// Writes to the socket.
    var writer = DirectWriter()
    /// The timer that closes the connection if the peer does not.
    private(set) var closeTimer: Scheduled<Void>?
    /// How long a peer that is being closed may take to read its output.
    static let closeTimeout = TimeAmount.seconds(5)

    init(hub: Hub, messageLimit: Int, transport: Transport, identity: PeerIdentity) {
        self.hub = hub
        self.transport = transport
        self.identity = identity
        frames = FrameReader(limit: messageLimit)
        webSocket = transport == .webSocket ? WebSocketSession(messageLimit: messageLimit) : nil
    }

    // MARK: Beginning

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start(context) }
    }

    func channelActive(context: ChannelHandlerContext) { start(context) }

    private func start(_ context: ChannelHandlerContext) {
        guard case .new = phase else { return }
        guard let peer = hub.connect(self) else {
            phase = .closed
            return context.close(promise: nil)
        }
        phase = .open(peer)
        writer = DirectWriter(context)
        if webSocket != nil { hub.heartbeat.join(self) }
        if transport == .tcp { hub.silence.join(self) }
        hub.logger.debug("connected", metadata: ["peer": "\(peer.index)", "by": "\(transport)"])
    }

    // MARK: End

    /// Ends the connection so that the output arrives: closes the sending side, and discards for a moment what the peer
    /// still sends. Closing both sides immediately would reset the connection, and the peer might not read the reason.
    ///
    /// - Parameter time: How long the peer may take to read the rest; `nil` for no limit.
    func end(_ context: ChannelHandlerContext, within time: TimeAmount?) {
        leave(for: .ending)
        setReading(true)
        if let time { close(context, in: time) }
        // NIO may still hold earlier writes. This one, which may be empty, completes after them.
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
        closeTimer?.cancel()
        closeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }

    /// Ends the connection because the daemon stops.
    ///
    /// - Returns: A future that succeeds when it is closed.
    func end(within time: TimeAmount) -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        webSocket?.requestClose(.goingAway)
        writeRestAndEnd(context, within: nil)
        // This limit applies whatever limit was set before.
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
        return context.channel.closeFuture
    }

    /// Ends the connection after the present contents of the outbox, even if a write is in progress.
    func writeRestAndEnd(_ context: ChannelHandlerContext, within time: TimeAmount?) {
        guard case .open(let peer) = phase else { return }
        if let output = hub.takeOutput(of: peer) { context.write(wrapOutboundOut(output), promise: nil) }
        end(context, within: time)
    }

    func channelInactive(context: ChannelHandlerContext) {
        closeTimer?.cancel()
        leave(for: .closed)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        hub.logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    /// Disconnects the peer from the bus, if it is still connected.
    private func leave(for phase: Phase) {
        let former = self.phase
        self.phase = phase
        unread = nil
        guard case .open(let peer) = former else { return }
        if webSocket != nil { hub.heartbeat.leave(self) }
        if isSilent { hub.silence.leave(self) }
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
                // NIO reads all remaining input when the peer closes its sending side, even with reading turned off.
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
