import NIOCore

/// The buffer that all connections of the loop read into: what comes is handled at once, so one is enough, and an idle
/// connection owns none.
///
/// `@unchecked Sendable` because NIO asks for it of all allocators. It is made on the loop, and the loop's channels and
/// handlers are the only ones that call it.
final class ReceiveBuffer: RecvByteBufferAllocator, @unchecked Sendable {
    private static let capacity = 64 << 10
    private var idle: ByteBuffer?

    init() {}

    /// Lends the buffer; a new one if it is out.
    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        if let buffer = idle {
            idle = nil
            return buffer
        }
        return allocator.buffer(capacity: Self.capacity)
    }

    /// Takes the buffer back.
    func giveBack(_ buffer: consuming ByteBuffer) {
        buffer.clear(minimumCapacity: Self.capacity)
        idle = buffer
    }

    func record(actualReadBytes: Int) -> Bool { false }
}
