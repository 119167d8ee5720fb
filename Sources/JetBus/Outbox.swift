import Glibc
import JetProtocol

/// An *outbox*: the messages that wait to be written to one peer, framed, in the order in which they are to be read.
///
/// Its memory is lent by a pool while there is something in it, so that a peer who is told nothing owns none.
struct Outbox: ~Copyable {
    private var buffer = RawBuffer()
    /// How the peer tells the messages apart.
    private let framing: Framing

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
        start.storeBytes(of: UInt32(truncatingIfNeeded: length).bigEndian, as: UInt32.self)
        return start + Frame.headerLength
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

    /// Takes memory from the pool, if the outbox has none.
    mutating func borrow(from pool: inout OutboxPool) {
        if buffer.capacity == 0, let memory = pool.take() { buffer.adopt(memory) }
    }

    /// Empties the outbox and gives its memory back.
    mutating func clear(into pool: inout OutboxPool) {
        if let memory = buffer.surrender() { pool.give(memory) }
    }
}

/// Memory of outboxes that nobody uses just now.
struct OutboxPool: ~Copyable {
    private var idle: [(base: UnsafeMutableRawPointer, capacity: Int)] = []
    /// As many are kept, each at most this large: half a megabyte in all.
    private static let most = 8
    private static let largest = 64 << 10

    init() {}

    deinit { for memory in idle { free(memory.base) } }

    mutating func take() -> (base: UnsafeMutableRawPointer, capacity: Int)? { idle.popLast() }

    mutating func give(_ memory: (base: UnsafeMutableRawPointer, capacity: Int)) {
        if idle.count < Self.most, memory.capacity <= Self.largest {
            idle.append(memory)
        } else {
            free(memory.base)
        }
    }
}
