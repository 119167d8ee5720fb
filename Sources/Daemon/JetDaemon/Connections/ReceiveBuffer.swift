import NIOCore

/// The buffer that all connections of the event loop read into. Input is handled immediately, so one buffer is enough, and
/// an idle connection needs almost no memory.
final class ReceiveBuffer {
    private static let capacity = 64 << 10
    private var idle: ByteBuffer?

    /// Returns the buffer, emptied; a new one if it is in use.
    func lend(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard var buffer = idle else { return allocator.buffer(capacity: Self.capacity) }
        idle = nil
        // NIO has released it by now, so this does not allocate.
        buffer.clear()
        return buffer
    }

    /// Takes the buffer back. It is emptied later, since NIO still holds it while it delivers the input.
    func giveBack(_ buffer: ByteBuffer) {
        if buffer.capacity >= Self.capacity { idle = buffer }
    }
}

/// Gives one connection the shared buffer.
///
/// NIO keeps the first buffer that it gets for a connection, and asks for another one before each read while `record`
/// returns true. So the first buffer is tiny: it gets the beginning of the peer's first message, and the rest comes with
/// the next read.
///
/// `@unchecked Sendable` because NIO requires it of all allocators: it is created on the event loop, and only a channel of
/// that loop calls it.
final class SharedBufferAllocator: RecvByteBufferAllocator, @unchecked Sendable {
    private let shared: ReceiveBuffer
    private var isFirst = true

    init(sharing shared: ReceiveBuffer) { self.shared = shared }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        guard isFirst else { return shared.lend(allocator) }
        isFirst = false
        return allocator.buffer(capacity: 16)
    }

    func record(actualReadBytes: Int) -> Bool { true }
}
