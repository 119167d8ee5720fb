import JetBus
import NIOCore

/// The output of a connection: writes the whole outbox at once, and nothing more until the socket has accepted it.
extension Connection {
    /// Writes the outbox. If a write is in progress, the outbox is written after it.
    func write() {
        guard case .open(let peer) = phase, let context else { return }
        if isWriting {
            if hub.bus.isClosing(peer), !hasInputEnded, closeTimer == nil { close(context, in: Self.closeTimeout) }
            return
        }
        if hub.bus.withOutput(of: peer, { write($0, context) }), isWriting || continueWriting(peer) { return }
        guard case .open = phase else { return }
        if hub.bus.isClosing(peer) { end(context, within: hasInputEnded ? nil : Self.closeTimeout) }
    }

    /// Writes whole frames.
    private func write(_ output: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) {
        let count = writer.write(output, to: context.channel)
        guard count < output.count else { return }
        write(ByteBuffer(bytes: output[count...]), context)
    }

    /// Writes through NIO, after its earlier writes.
    func write(_ output: ByteBuffer, _ context: ChannelHandlerContext) {
        writer.began()
        let written = context.eventLoop.makePromise(of: Void.self)
        // A write that fails closes the connection.
        written.futureResult.assumeIsolated().whenSuccess { self.writer.ended() }
        context.writeAndFlush(wrapOutboundOut(output), promise: written)
        // NIO has written what the socket accepted. If much is left, the channel is not writable until it is written.
        isWriting = !context.channel.isWritable
    }

    /// The socket has accepted the last write.
    func continueAfterWriting(_ peer: PeerID) {
        if webSocket != nil { writePong() }
        if isWriting { return }
        if hub.bus.isClosing(peer) { return write() }
        hub.bus.expire(at: NIODeadline.now().uptimeNanoseconds)
        continueWriting(peer)
        hub.scheduleTurnEnd()
    }

    /// Reports to the bus that the output is written, and reads from the peer again.
    ///
    /// - Returns: Whether the outbox has more output.
    @discardableResult
    private func continueWriting(_ peer: PeerID) -> Bool {
        let hasMore = hub.bus.outputWritten(of: peer)
        continueReading(peer)
        return hasMore
    }
}
