import Glibc
import JetProtocol

/// An *outbox*: the messages that wait to be written to one peer, framed, in the order in which they are to be read.
///
/// Its memory is lent by a pool while there is something in it, so that a peer without output owns none.
///
/// Messages are added in JSON. Those of a peer that speaks another encoding are replaced before they are handed over, or
/// before the peer changes its encoding; see `OutputEncoder`.
struct Outbox: ~Copyable {
    private var buffer = RawBuffer()
    /// How the messages are delimited.
    let framing: Framing
    /// How many bytes at the front are encoded as the peer is to read them.
    private var encoded = 0

    init(framing: Framing = .lengthPrefixed) { self.framing = framing }

    /// How many bytes wait.
    var count: Int { buffer.count }

    var isEmpty: Bool { buffer.count == 0 }

    var bytes: UnsafeRawBufferPointer { buffer.bytes }

    /// Adds a message of `length` bytes; the caller writes all of them to the returned place.
    @inline(__always)
    mutating func frame(length: Int) -> UnsafeMutableRawPointer {
        guard framing == .lengthPrefixed else { return webSocketFrame(length: length) }
        let start = buffer.extend(by: Frame.headerLength &+ length)
        return Frame.putHeader(length: length, at: start)
    }

    private mutating func webSocketFrame(length: Int) -> UnsafeMutableRawPointer {
        let start = buffer.extend(by: WebSocketFrame.headerLength(of: length) &+ length)
        return WebSocketFrame.putHeader(length: length, at: start)
    }

    /// Adds a message that consists of two parts.
    @inline(__always)
    mutating func append(_ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer) {
        frame(length: head.count &+ tail.count).putting(head).put(tail)
    }

    /// Adds a message.
    mutating func append(_ message: UnsafeRawBufferPointer) {
        frame(length: message.count).put(message)
    }

    /// The messages that are not encoded yet, as the peer is to read them.
    var unencoded: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer.bytes[encoded...]) }

    /// All messages are encoded, since JSON is what the peer is to read.
    mutating func keepUnencoded() { encoded = buffer.count }

    /// Puts encoded messages in the place of those that are not.
    mutating func replaceUnencoded(by messages: [UInt8]) {
        buffer.truncate(to: encoded)
        buffer.append(messages)
        encoded = buffer.count
    }

    /// Takes memory from the pool, if the outbox has none.
    mutating func borrow(from pool: inout OutboxPool) {
        if buffer.capacity == 0, let memory = pool.take() { buffer.adopt(memory) }
    }

    /// Empties the outbox and gives its memory back.
    mutating func clear(into pool: inout OutboxPool) {
        encoded = 0
        if let memory = buffer.surrender() { pool.give(memory) }
    }
}

/// Memory of outboxes that is not in use.
///
/// A turn of the loop may fill hundreds of outboxes, and empties them again: their memory is kept for the next turn. The
/// shell frees it when it is idle (`Bus.releaseIdleMemory`).
///
/// Ownership: a piece of memory belongs either to one outbox or to the pool. `take` and `give` move it.
struct OutboxPool: ~Copyable {
    private var idle: ContiguousArray<(base: UnsafeMutableRawPointer, capacity: Int)> = []
    /// How many bytes are idle.
    private(set) var bytes = 0
    /// How many bytes are kept at most, and how large each piece may be.
    private static let most = 4 << 20
    private static let largest = 1 << 20

    init() {}

    deinit { for memory in idle { free(memory.base) } }

    mutating func take() -> (base: UnsafeMutableRawPointer, capacity: Int)? {
        guard let memory = idle.popLast() else { return nil }
        bytes &-= memory.capacity
        return memory
    }

    mutating func give(_ memory: (base: UnsafeMutableRawPointer, capacity: Int)) {
        guard memory.capacity <= Self.largest, bytes &+ memory.capacity <= Self.most else { return free(memory.base) }
        bytes &+= memory.capacity
        idle.append(memory)
    }

    /// Gives all of it back.
    mutating func empty() {
        for memory in idle { free(memory.base) }
        idle = []
        bytes = 0
    }
}
