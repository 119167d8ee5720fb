import JSONText
import JetProtocol

/// Decodes messages in MessagePack into JSON text, which is what the bus handles.
struct InputDecoder: ~Copyable {
    private var output: [UInt8] = []
    /// The text of the message that is being handled. It keeps its address until the next message.
    private var text = RawBuffer()
    private static var mostKept: Int { 1 << 20 }

    init() {}

    /// The JSON text of a message in MessagePack, valid until the next one.
    mutating func decode(_ message: RawSpan, limit: Int) throws(MessagePackError) -> UnsafeRawBufferPointer {
        output.removeAll(keepingCapacity: output.capacity <= Self.mostKept)
        try MessagePackReader.appendJSON(of: message, limit: limit, to: &output)
        text.removeAll(keepingAtMost: Self.mostKept)
        text.append(output)
        return text.bytes
    }
}
