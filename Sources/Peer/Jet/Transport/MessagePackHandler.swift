import JSONText
import JetProtocol
import NIOCore

/// Stands between the socket and a peer that shall speak MessagePack: asks the daemon to switch, and from then on
/// transcodes what goes either way. The peer behind it knows JSON alone.
///
/// Nothing else is said before the daemon has answered. One that refuses, because it does not know MessagePack, is
/// spoken to in JSON.
final class MessagePackHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// The daemon has not answered. Becomes `packed` or `plain` with the answer; the connection ends if none comes.
        case asking
        /// Messages are MessagePack, in both directions.
        case packed
        /// Messages are JSON, for the daemon refuses anything else.
        case plain
    }

    private var phase = Phase.asking
    private var reader: FrameReader
    private var writer = MessagePackWriter()
    /// How long a message of the daemon may be in JSON, in bytes.
    private let messageLimit: Int
    /// How long the daemon may take to answer.
    private let timeout: TimeAmount
    private let agreed: EventLoopPromise<Void>

    /// When the daemon has answered, and the connection can be used; an error if it will not be.
    var agreement: EventLoopFuture<Void> { agreed.futureResult }

    init(messageLimit: Int, timeout: TimeAmount, eventLoop: any EventLoop) {
        self.messageLimit = messageLimit
        self.timeout = timeout
        reader = FrameReader(limit: Self.longest(ofJSON: messageLimit))
        agreed = eventLoop.makePromise()
    }

    /// The longest that a message of this length in JSON can be in MessagePack: a number takes at most 9 bytes here
    /// that has 3 there, and a comma.
    static func longest(ofJSON length: Int) -> Int { length > .max / 9 ? .max : length * 9 / 4 }

    /// How long a message may be in JSON, if it must not be longer than this in MessagePack.
    static func longestJSON(of length: Int) -> Int { length / 9 * 4 }

    // MARK: Beginning and end

    func channelActive(context: ChannelHandlerContext) {
        let question = Array(#"{"id":"encoding","method":"config","params":{"encoding":"msgpack"}}"#.utf8)
        var frame: [UInt8] = []
        Frame.appendHeader(length: question.count, to: &frame)
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: frame + question)), promise: nil)
        let patience = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            self.agreed.fail(JetError(.timeout, "The daemon did not answer in time"))
            context.close(promise: nil)
        }
        agreement.whenComplete { _ in patience.cancel() }
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        agreed.fail(JetError(.notConnected, "The daemon hung up"))
    }

    // MARK: Input

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .plain = phase { return context.fireChannelRead(data) }
        var frames: [UInt8] = []
        do {
            _ = try unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
                try reader.read(bytes.bytes) { message in
                    receive(message, into: &frames)
                    return true
                }
            }
        } catch {
            return context.fireErrorCaught(error)
        }
        // Though no message may be complete: the daemon is alive.
        context.fireChannelRead(wrapInboundOut(context.channel.allocator.buffer(bytes: frames)))
    }

    private func receive(_ message: RawSpan, into frames: inout [UInt8]) {
        switch phase {
        case .asking:
            let response = try? JSON(parsing: message)
            phase = response?["result"] == true ? .packed : .plain
            agreed.succeed()
        case .plain:
            Frame.appendHeader(length: message.byteCount, to: &frames)
            frames.append(message)
        case .packed:
            var text: [UInt8] = []
            do throws(MessagePackError) {
                try MessagePackReader.appendJSON(of: message, limit: messageLimit, to: &text)
            } catch {
                // What cannot be read here cannot be read there.
                text = [0xC1]
            }
            Frame.appendHeader(length: text.count, to: &frames)
            frames += text
        }
    }

    // MARK: Output

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .packed = phase else { return context.write(data, promise: promise) }
        var packed: [UInt8] = []
        unwrapOutboundIn(data).withUnsafeReadableBytes { writer.append(frames: $0.bytes, .lengthPrefixed, to: &packed) }
        context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: packed)), promise: promise)
    }
}
