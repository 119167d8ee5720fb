import JSONText
import JetProtocol

/// The *outbox*: messages that wait to be written, framed, in one run of bytes. All that gathers in it until the loop's
/// next turn becomes one write; while a write is under way, the next one gathers.
struct Outbox: Sendable {
    /// Beyond so many unsent bytes the outbox counts as congested.
    let limit: Int
    /// The framed messages.
    private(set) var bytes: [UInt8] = []
    /// How many bytes have been handed to the socket and are not written yet.
    private(set) var underway = 0

    init(limit: Int) { self.limit = limit }

    /// Whether nothing waits, here or at the socket.
    var isEmpty: Bool { bytes.isEmpty && underway == 0 }

    /// Whether more than the limit waits.
    var isCongested: Bool { bytes.count + underway > limit }

    /// Whether there is something that can be written now.
    var isDue: Bool { !bytes.isEmpty && underway == 0 }

    /// Appends one message, whose text `write` appends.
    mutating func message(_ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        Frame.appendHeader(length: 0, to: &bytes)
        write(&bytes)
        let length = UInt32(truncatingIfNeeded: bytes.count - start - Frame.headerLength)
        withUnsafeBytes(of: length.bigEndian) { header in
            for (offset, byte) in header.enumerated() { bytes[start + offset] = byte }
        }
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

    /// Drops everything: the connection is gone.
    mutating func removeAll() {
        bytes = []
        underway = 0
    }
}
