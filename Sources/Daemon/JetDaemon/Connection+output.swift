import JetBus
import NIOCore

/// What a connection writes: all that is in the outbox in one go, and nothing more until the socket has taken that.
extension Connection {
    /// Writes what is in the outbox, unless a write is under way: then it goes out behind that.
    func write() {
        guard case .open(let peer) = phase, let context else { return }
        if isWriting {
            if hub.bus.isClosing(peer), !hasInputEnded, patience == nil { close(context, in: Self.patience) }
            return
        }
        if hub.bus.withOutput(of: peer, { write($0, context) }), isWriting || continueWriting(peer) { return }
        guard case .open = phase else { return }
        if hub.bus.isClosing(peer) { end(context, within: hasInputEnded ? nil : Self.patience) }
    }

    /// Writes whole frames.
    private func write(_ output: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) {
        let count = writer.write(output, to: context.channel)
        guard count < output.count else { return }
        write(ByteBuffer(bytes: output[count...]), context)
    }

    /// Writes by way of NIO, behind what it still has.
    func write(_ output: ByteBuffer, _ context: ChannelHandlerContext) {
        writer.began()
        let written = context.eventLoop.makePromise(of: Void.self)
        // One that fails ends the connection.
        written.futureResult.assumeIsolated().whenSuccess { self.writer.ended() }
        context.writeAndFlush(wrapOutboundOut(output), promise: written)
        // NIO has written what the socket took. If much is left, the channel is not writable until that is gone.
        isWriting = !context.channel.isWritable
    }

    /// The socket has taken all of the last write.
    func continueAfterWriting(_ peer: PeerID) {
        if webSocket != nil { writePong() }
        if isWriting { return }
        if hub.bus.isClosing(peer) { return write() }
        hub.bus.expire(at: NIODeadline.now().uptimeNanoseconds)
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
}
