import JetProtocol
import NIOCore

/// Stands between the socket, or TLS, and a peer that speaks length-prefixed messages: makes the handshake of a WebSocket as
/// a client (RFC 6455, section 4.1), and from then on translates frames in both directions. Each message is copied once.
///
/// The handlers behind it learn that the channel is active when the handshake is done.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// The response to the handshake has not arrived. Becomes `open`, or `closed`.
        case opening
        /// Frames are exchanged. Becomes `closed`.
        case open
        /// A close frame was sent or received, or the handshake has failed.
        case closed
    }

    private var phase = Phase.opening
    private var handshake: WebSocketHandshake
    private var reader: ServerFrameReader
    private var masks = FrameMasks()
    private let timeout: TimeAmount
    private let opened: EventLoopPromise<Void>

    /// When the handshake is done, or why it has failed.
    var opening: EventLoopFuture<Void> { opened.futureResult }

    /// - Parameters:
    ///   - host: The host of the endpoint, with its port.
    ///   - limit: The longest message that is accepted, in bytes.
    ///   - timeout: How long the handshake may take.
    init(host: String, limit: Int, timeout: TimeAmount, eventLoop: any EventLoop) {
        handshake = WebSocketHandshake(host: host)
        reader = ServerFrameReader(limit: limit)
        self.timeout = timeout
        opened = eventLoop.makePromise()
    }

    // MARK: Beginning and end

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: handshake.request)), promise: nil)
        let patience = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            self.opened.fail(ChannelError.connectTimeout(self.timeout))
            context.close(promise: nil)
        }
        opening.whenComplete { _ in patience.cancel() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .opening = phase { opened.fail(handshake.ended) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        opened.fail(error)
        context.fireErrorCaught(error)
    }

    func handlerRemoved(context: ChannelHandlerContext) { opened.fail(handshake.ended) }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard case .open = phase else { return context.close(mode: mode, promise: promise) }
        sendClose(context, .normal)
        // The daemon answers with a close frame of its own behind all that it still has to send, and closes the connection.
        guard case .output = mode else { return context.close(mode: mode, promise: promise) }
        promise?.succeed()
    }

    private func sendClose(_ context: ChannelHandlerContext, _ code: WebSocketCloseCode?) {
        phase = .closed
        var frame = context.channel.allocator.buffer(capacity: 16)
        let payload = Array(WebSocketFrame.close(code).dropFirst(2))
        payload.withUnsafeBytes { masks.append(.close, $0.bytes, to: &frame) }
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    // MARK: Input

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        if case .opening = phase {
            do throws(DaemonMismatch) {
                guard let rest = try handshake.read(&input) else { return }
                input = rest
            } catch {
                phase = .closed
                opened.fail(error)
                return context.close(promise: nil)
            }
            phase = .open
            opened.succeed()
            context.fireChannelActive()
        }
        var messages = context.channel.allocator.buffer(capacity: input.readableBytes + 16)
        var closing: [UInt8]?
        do throws(WebSocketError) {
            try reader.read(&input, into: &messages) { opcode, payload throws(WebSocketError) in
                switch opcode {
                case .ping: pong(payload, context)
                case .close: closing = closing ?? payload
                default: break
                }
            }
        } catch {
            if case .open = phase { sendClose(context, error.closeCode) }
            if messages.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(messages)) }
            return context.fireErrorCaught(error)
        }
        // Though no message may be complete: the daemon is alive.
        context.fireChannelRead(wrapInboundOut(messages))
        if let closing { closed(closing, context) }
    }

    private func pong(_ payload: [UInt8], _ context: ChannelHandlerContext) {
        guard case .open = phase else { return }
        var frame = context.channel.allocator.buffer(capacity: payload.count + 16)
        payload.withUnsafeBytes { masks.append(.pong, $0.bytes, to: &frame) }
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    /// Handles a close frame, after the messages before it.
    private func closed(_ payload: [UInt8], _ context: ChannelHandlerContext) {
        do throws(WebSocketError) {
            let code = try WebSocketCloseCode.read(payload.span.bytes)
            if case .open = phase { sendClose(context, code) }
            if let code, code != .normal { context.fireErrorCaught(ClosedByDaemon(code: code)) }
            context.close(promise: nil)
        } catch {
            if case .open = phase { sendClose(context, error.closeCode) }
            context.fireErrorCaught(error)
        }
    }

    // MARK: Output

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .open = phase else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        var messages = unwrapOutboundIn(data)
        var frames = context.channel.allocator.buffer(
            capacity: messages.readableBytes + messages.readableBytes / 8 + 64)
        while let length = messages.readInteger(as: UInt32.self), let message = messages.readSlice(length: Int(length))
        {
            message.withUnsafeReadableBytes { bytes in
                // A message in JSON begins with an ASCII character, one in MessagePack with the code of a map or an array,
                // which is none.
                let isText = bytes.first.map { $0 < 0x80 } ?? true
                masks.append(isText ? .text : .binary, bytes.bytes, to: &frames)
            }
        }
        context.write(wrapOutboundOut(frames), promise: promise)
    }
}

/// The daemon has closed a WebSocket with this code.
struct ClosedByDaemon: Error, Equatable {
    let code: WebSocketCloseCode

    /// What the code means, as the end of a sentence.
    var reason: String {
        switch code {
        case .goingAway: "the daemon is stopping"
        case .messageTooLong: "a message was longer than the daemon's limit"
        case .policyViolation: "the daemon closed the connection"
        default: "the daemon closed the connection with the WebSocket code \(code.number)"
        }
    }
}
