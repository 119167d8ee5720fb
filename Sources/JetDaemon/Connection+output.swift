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
        if let output = hub.takeOutput(of: peer) {
            write(output, context)
            if isWriting || continueWriting(peer) { return }
        }
        guard case .open = phase else { return }
        if hub.bus.isClosing(peer) { end(context, within: hasInputEnded ? nil : Self.patience) }
    }

    /// Writes whole frames. What is under way is before them.
    func write(_ output: ByteBuffer, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        // NIO has written what the socket took. If much is left, the channel is not writable until that is gone.
        isWriting = !context.channel.isWritable
    }

    /// The socket has taken all of the last write.
    func continueAfterWriting(_ peer: PeerID) {
        if webSocket != nil { writePong() }
        if isWriting { return }
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
}
