import JSONText
import JetProtocol

/// *Encodings*: the bus knows JSON text and nothing else. For a peer that speaks MessagePack, each message is transcoded
/// as a whole: when it comes, before it is looked at, and when it leaves, after all that is due to the peer has gathered.
///
/// `config` switches a connection between two messages, in both directions: what was due before it and the response to it
/// are still in the old encoding, all after them is in the new one. A batch is one message: all of it has come in one
/// encoding.
extension Bus {
    /// The JSON text of a message that came in another encoding.
    ///
    /// - Returns: The text, good until the next message; `nil` if there is none, which the peer has been told then.
    @inline(never)
    func transcoded(_ message: UnsafeRawBufferPointer, from peer: Peer) -> UnsafeRawBufferPointer? {
        do throws(MessagePackError) {
            return try transcoder.unpack(message.bytes, limit: configuration.messageLimit)
        } catch {
            if error.reason == .tooLong {
                refuse(peer, with: .limitExceeded("messageSize", max: configuration.messageLimit))
            } else {
                refuseUnread(peer, with: .parseError(ofMessagePack: message.bytes))
            }
            return nil
        }
    }

    /// From now on a peer speaks and hears another encoding.
    func switchEncoding(of peer: Peer, to encoding: Encoding) {
        guard encoding != peer.encoding else { return }
        if peer.encoding == .json { peer.outbox.keepUnencoded() } else { encodeOutput(of: peer) }
        peer.encoding = encoding
    }

    /// Encodes what waits for a peer, as far as it is not encoded yet.
    @inline(__always)
    func encodeOutput(of peer: Peer) {
        if peer.encoding != .json { pack(&peer.outbox) }
    }

    @inline(never)
    private func pack(_ outbox: inout Outbox) {
        transcoder.pack(outbox.unencoded.bytes, outbox.framing) { outbox.replaceUnencoded(by: $0) }
    }
}

/// What transcoding takes, kept from one message to the next.
struct Transcoder: ~Copyable {
    private var writer = MessagePackWriter()
    private var output: [UInt8] = []
    /// The text of the message that is being handled: here it stays where it is meanwhile.
    private var text = RawBuffer()
    /// Of so many bytes at most the memory is kept.
    private static let mostKept = 1 << 20

    init() {}

    /// The JSON text of a message in MessagePack, good until the next one.
    mutating func unpack(_ message: RawSpan, limit: Int) throws(MessagePackError) -> UnsafeRawBufferPointer {
        output.removeAll(keepingCapacity: output.capacity <= Self.mostKept)
        try MessagePackReader.appendJSON(of: message, limit: limit, to: &output)
        text.removeAll(keepingAtMost: Self.mostKept)
        text.append(output)
        return text.bytes
    }

    /// Hands frames of JSON over to `body` as frames of MessagePack.
    mutating func pack(_ frames: RawSpan, _ framing: Framing, _ body: ([UInt8]) -> Void) {
        output.removeAll(keepingCapacity: output.capacity <= Self.mostKept)
        writer.append(frames: frames, framing, to: &output)
        body(output)
    }
}
