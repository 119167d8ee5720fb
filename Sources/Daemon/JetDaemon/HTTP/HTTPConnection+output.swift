import JetBus
import NIOCore

/// The responses of a connection.
extension HTTPConnection {
    /// Writes a response, and then handles the next request.
    func respond(_ response: HTTPResponse) {
        guard let context else {
            response.whenWritten?()
            return
        }
        releaseBody()
        note(whenWritten: response.whenWritten)
        isLast = isLastResponse
        phase = .writing
        let surroundings = HTTPResponse.Surroundings(
            isLast: isLast, isOldVersion: isOldVersion,
            isTrustworthy: identity.credentials.channel != .unencrypted)
        context.write(wrapOutboundOut(response.head(surroundings)), promise: nil)
        rest = isHead ? ByteBuffer() : response.body
        writeSlice(context)
        handle()
    }

    /// Writes the next slice of the body. The rest follows when the socket has accepted it, and after the other sockets had
    /// their turn.
    private func writeSlice(_ context: ChannelHandlerContext) {
        limit(hub.http.limits.slice)
        let slice = rest.readSlice(length: min(rest.readableBytes, HTTPLimits.sliceSize)) ?? ByteBuffer()
        let written = context.eventLoop.makePromise(of: Void.self)
        // A write that fails closes the connection.
        written.futureResult.assumeIsolated().whenSuccess { self.continueWriting() }
        context.writeAndFlush(wrapOutboundOut(slice), promise: written)
    }

    private func continueWriting() {
        guard case .writing = phase, let context else { return }
        guard rest.readableBytes == 0 else {
            // The event loop reads from no socket while it has tasks to run, hence the delay.
            context.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(50)) {
                if case .writing = self.phase, let context = self.context { self.writeSlice(context) }
            }
            return
        }
        noteWritten()
        guard !isLast else { return end() }
        limit(hub.http.limits.nextRequest)
        phase = hasQueue ? .yielding : .waiting
        guard case .yielding = phase else { return handle() }
        // A client that sends many requests at once does not hold up the others.
        context.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(50)) {
            guard case .yielding = self.phase else { return }
            self.phase = .waiting
            self.handle()
        }
    }

    /// Closes the sending side, and discards for a moment what the client still sends. Closing both sides immediately would
    /// reset the connection, and the response might be lost.
    func end() {
        phase = .ending
        // What is discarded is not parsed.
        context?.pipeline.syncOperations.removeHandler(decoder, promise: nil)
        context?.close(mode: .output, promise: nil)
        limit(.seconds(1))
        handle()
    }

    /// Ends the connection because the daemon stops, after a response that is being written.
    ///
    /// - Returns: A future that succeeds when it is closed.
    func end(within time: TimeAmount) -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        isLast = true
        if case .writing = phase {
            context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.close() }
        } else {
            close()
        }
        return context.channel.closeFuture
    }
}
