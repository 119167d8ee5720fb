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

    /// Where a connection stands.
    private enum Phase {
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

    private let hub: Hub
    private let isTCP: Bool
    private var phase = Phase.new
    private var context: ChannelHandlerContext?

    private var frames: FrameReader
    /// Whether the socket is read.
    private var isReading = true
    /// What has come and is not handled yet, since the peer does not read.
    private var unread: ByteBuffer?
    /// Whether the peer has said its last word. It may still listen.
    private var hasInputEnded = false

    /// Whether the socket has not taken enough of the last write.
    private var isWriting = false
    /// Closes a connection that does not end by itself.
    private var patience: Scheduled<Void>?
    /// How long a peer that is to be closed may take to read what is due to it.
    private static let patience = TimeAmount.seconds(5)

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
        guard case .new = phase else { return }
        guard let peer = hub.connect(self) else {
            phase = .closed
            return context.close(promise: nil)
        }
        phase = .open(peer)
        hub.logger.debug("connected", metadata: ["peer": "\(peer.index)", "by": isTCP ? "tcp" : "unix"])
    }

    // MARK: Input

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if case .open(let peer) = phase {
            if unread == nil {
                receive(buffer, from: peer)
            } else {
                // Though it is told not to, NIO reads all that is there when the peer says its last word.
                unread?.writeImmutableBuffer(buffer)
            }
        }
        hub.receiveBuffer.giveBack(buffer)
    }

    /// Hands what has come to the bus, message by message. When the bus wants no more for now, the rest is kept.
    private func receive(_ buffer: ByteBuffer, from peer: PeerID) {
        let now = NIODeadline.now().uptimeNanoseconds
        let bus = hub.bus
        let outcome = buffer.withUnsafeReadableBytes { bytes in
            Result { () throws(FrameError) in
                try frames.read(bytes.bytes) { bus.receive($0, from: peer, at: now) }
            }
        }
        switch outcome {
        case .success(let count):
            if bus.isPaused(peer) {
                setReading(false)
                // The buffer is lent, so the rest moves into another one.
                let rest = buffer.readableBytesView.dropFirst(count)
                if !rest.isEmpty { unread = ByteBuffer(bytes: rest) }
            }
        case .failure(let error):
            hub.logger.notice(
                "message too long", metadata: ["peer": "\(peer.index)", "bytes": "\(error.length)"])
            bus.refuse(peer, with: .limitExceeded("messageSize", max: error.limit))
            setReading(false)
        }
        hub.scheduleTurnEnd()
    }

    /// The peer has read: its messages are read again, first those that wait.
    private func continueReading(_ peer: PeerID) {
        guard !isReading, !hub.bus.isPaused(peer) else { return }
        if let rest = unread {
            unread = nil
            receive(rest, from: peer)
            if hub.bus.isPaused(peer) { return }
        }
        if hasInputEnded { hub.bus.endInput(of: peer) } else { setReading(true) }
    }

    private func setReading(_ isReading: Bool) {
        guard isReading != self.isReading, let context else { return }
        self.isReading = isReading
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            hasInputEnded = true
            if case .open(let peer) = phase, unread == nil {
                hub.bus.endInput(of: peer)
                hub.scheduleTurnEnd()
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Output

    /// Writes what is in the outbox, unless a write is under way: then it goes out behind that.
    func write() {
        guard case .open(let peer) = phase, let context else { return }
        if isWriting {
            if hub.bus.isClosing(peer), !hasInputEnded, patience == nil { close(context, in: Self.patience) }
            return
        }
        if let output = hub.takeOutput(of: peer) {
            context.writeAndFlush(wrapOutboundOut(output), promise: nil)
            // NIO has written what the socket took. If much is left, the channel is not writable until that is gone.
            isWriting = !context.channel.isWritable
            if isWriting || continueWriting(peer) { return }
        }
        if hub.bus.isClosing(peer) { end(context, within: hasInputEnded ? nil : Self.patience) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard isWriting, context.channel.isWritable, case .open(let peer) = phase else { return }
        isWriting = false
        if hub.bus.isClosing(peer) { return write() }
        continueWriting(peer)
        hub.scheduleTurnEnd()
    }

    /// The socket has taken all: the bus may give more, and the peer is read again.
    ///
    /// - Returns: Whether more has come into the outbox.
    @discardableResult
    private func continueWriting(_ peer: PeerID) -> Bool {
        let hasMore = hub.bus.outputWritten(of: peer)
        continueReading(peer)
        return hasMore
    }

    // MARK: End

    /// Ends the connection so that what was written arrives: the peer is told that nothing follows, and what it still
    /// sends is thrown away for a moment. Closing at once would reset the connection, and the peer might never read why.
    ///
    /// - Parameter time: How long the peer may take to read the rest; `nil` for as long as it likes.
    private func end(_ context: ChannelHandlerContext, within time: TimeAmount?) {
        leave(for: .ending)
        setReading(true)
        if let time { close(context, in: time) }
        // NIO may hold a little of the last writes. An empty one is done when all before it are.
        let rest = context.eventLoop.makePromise(of: Void.self)
        rest.futureResult.assumeIsolated().whenSuccess {
            guard !self.hasInputEnded else { return context.close(promise: nil) }
            context.close(mode: .output, promise: nil)
            self.close(context, in: .seconds(1))
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: rest)
    }

    private func close(_ context: ChannelHandlerContext, in time: TimeAmount) {
        patience?.cancel()
        patience = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }

    /// The connection ends with the daemon.
    ///
    /// - Returns: When it is closed.
    func end(patience time: TimeAmount) -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        if case .open(let peer) = phase {
            if let output = hub.takeOutput(of: peer) { context.write(wrapOutboundOut(output), promise: nil) }
            end(context, within: nil)
        }
        // This is the last word, whatever time was granted before.
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
        return context.channel.closeFuture
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
        hub.logger.debug("disconnected", metadata: ["peer": "\(peer.index)"])
        hub.disconnect(peer)
    }
}
