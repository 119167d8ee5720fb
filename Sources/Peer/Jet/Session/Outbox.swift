import JSONText
import JetProtocol

/// The *outbox*: messages that wait to be written, framed, in one run of bytes. All that gathers in it until the loop's
/// next turn becomes one write; while a write is under way, the next one gathers.
struct Outbox: Sendable {
    /// Beyond this number of unsent bytes the outbox counts as congested.
    let limit: Int
    /// The longest array of messages that the daemon takes, in bytes.
    let arrayLimit: Int
    /// The framed messages.
    var bytes: [UInt8] = []
    /// Whether messages gather in an array.
    var batch = BatchState()
    /// How many bytes have been handed to the socket and are not written yet.
    private(set) var underway = 0

    init(limit: Int, arrayLimit: Int = ProtocolLimits.messageSize) {
        self.limit = limit
        self.arrayLimit = arrayLimit
    }

    /// Whether nothing waits, here or at the socket.
    var isEmpty: Bool { bytes.isEmpty && underway == 0 }

    /// Whether more than the limit waits.
    var isCongested: Bool { bytes.count + underway > limit }

    /// Whether there is something that can be written now.
    var isDue: Bool { !bytes.isEmpty && underway == 0 && !isBatching }

    /// Appends one message, whose text `write` appends.
    mutating func message(_ write: (inout [UInt8]) -> Void) {
        if isBatching { return element(write) }
        let start = bytes.count
        Frame.appendHeader(length: 0, to: &bytes)
        write(&bytes)
        closeFrame(from: start)
    }

    /// Writes the length of what stands behind the header at `start` into it.
    mutating func closeFrame(from start: Int) {
        Frame.setHeader(length: bytes.count - start - Frame.headerLength, at: start, in: &bytes)
    }

    /// Takes all that waits, if nothing is under way: the next write.
    mutating func take() -> [UInt8]? {
        guard isDue else { return nil }
        defer { bytes = [] }
        underway = bytes.count
        return bytes
    }

    /// Notes that the write is done.
    mutating func written() { underway = 0 }

    /// Drops everything: the connection is gone. A batch that is open does not go on with the next one.
    mutating func removeAll() {
        bytes = []
        underway = 0
        batch = BatchState()
    }
}
