import NIOCore

/// The buffer that all connections of the loop read into: what comes is handled at once, so one is enough, and an idle
/// connection owns next to nothing.
final class ReceiveBuffer {
    private static let capacity = 64 << 10
    private var idle: ByteBuffer?

    /// Lends the buffer, emptied; a new one if it is out.
    func lend(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard var buffer = idle else { return allocator.buffer(capacity: Self.capacity) }
        idle = nil
        // NIO has let go of it by now, so this allocates nothing.
        buffer.clear()
        return buffer
    }

    /// Takes the buffer back. It is not touched yet: NIO still holds it while it delivers what was read.
    func giveBack(_ buffer: ByteBuffer) {
        if buffer.capacity >= Self.capacity { idle = buffer }
    }
}

/// One connection's way to the shared buffer.
///
/// NIO keeps the first buffer that it gets for a connection, and asks anew for every read as long as it is told that the
/// next one may be larger. So the first is next to nothing: it takes the beginning of the peer's first message, and the
/// rest comes with the next read.
///
/// `@unchecked Sendable` because NIO asks for it of all allocators: it is made on the loop, and only the loop's channel
/// calls it.
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
