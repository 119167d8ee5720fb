import JSONText
import JetProtocol

/// Encodes the messages of outboxes in MessagePack. The bus itself renders JSON text only; the outbox of a peer with
/// another encoding is encoded as a whole when it is handed over to the shell.
///
/// `config` switches the encoding of a connection between two messages, in both directions: the messages before it and the
/// response to it are still in the old encoding. A batch is one message.
struct OutputEncoder: ~Copyable {
    private var writer = MessagePackWriter()
    private var output: [UInt8] = []

    init() {}

    /// Encodes the part of an outbox that is not encoded yet.
    @inline(never)
    mutating func encode(_ outbox: inout Outbox) {
        output.removeAll(keepingCapacity: output.capacity <= 1 << 20)
        writer.append(frames: outbox.unencoded.bytes, outbox.framing, to: &output)
        outbox.replaceUnencoded(by: output)
    }
}
