import JSONText
import JetProtocol
import NIOCore

/// One connection's end in the pipeline: finds the messages in the bytes and hands them on.
final class LinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let core: PeerCore
    private var reader: FrameReader
    private var params = JSONMembers()
    private var error: (any Error)?
    /// How many messages in a row could not be read.
    private var unreadable = 0

    /// As many as the daemon accepts from a peer (jet-protocol(7) §5).
    private static let unreadableLimit = 16

    init(_ core: PeerCore, messageLimit: Int) {
        self.core = core
        reader = FrameReader(limit: messageLimit)
    }

    func channelInactive(context: ChannelHandlerContext) { core.linkDown(context.channel, error) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(context, error) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard error == nil else { return }
        core.heard()
        do {
            _ = try unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
                try reader.read(bytes.bytes) { message in
                    receive(message)
                    return error == nil
                }
            }
        } catch {
            self.fail(context, error)
        }
        if let error { fail(context, error) }
    }

    /// Takes one message, or an array of them. One that cannot be read costs that message, since another peer's value
    /// may be at fault; many in a row end the connection, since then it is no daemon that talks.
    private func receive(_ bytes: RawSpan) {
        var scanner = JSONScanner(bytes)
        do {
            if try scanner.peek() == UInt8(ascii: "[") {
                if try scanner.enterArray() {
                    repeat { try receive(&scanner) } while try scanner.nextElement()
                }
            } else {
                try receive(&scanner)
            }
            try scanner.end()
            unreadable = 0
        } catch {
            unreadable += 1
            if unreadable >= Self.unreadableLimit { self.error = error }
            core.receive(Incoming(unreadable: bytes, error))
        }
    }

    private func receive(_ scanner: inout JSONScanner) throws(JSONError) {
        guard let message = try scanner.message(params: &params),
            let incoming = Incoming(message, params: params, in: scanner.bytes)
        else { return }
        core.receive(incoming)
    }

    private func fail(_ context: ChannelHandlerContext, _ error: any Error) {
        if self.error == nil { self.error = error }
        context.close(promise: nil)
    }
}
