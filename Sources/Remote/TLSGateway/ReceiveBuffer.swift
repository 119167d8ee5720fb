import NIOCore

/// The buffer that all connections of the event loop read into. Input is handled immediately, so one buffer is enough, and
/// an idle connection needs almost no memory. The daemon does the same.
final class ReceiveBuffer {
    /// A TLS record holds as much. With longer reads, the buffer that NIOSSL keeps for the output of each connection would
    /// grow beyond a record.
    private static let capacity = 16 << 10
    private var idle: ByteBuffer?

    /// Returns the buffer, emptied; a new one if it is in use.
    func lend(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard var buffer = idle else { return allocator.buffer(capacity: Self.capacity) }
        idle = nil
        // If output still refers to it, this allocates another one.
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
/// returns true. So the first buffer is tiny, and the rest of the input comes with the next read.
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

/// The first handler of each connection: gives the buffer back when the others have handled the input.
final class ReceiveHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let shared: ReceiveBuffer

    init(_ shared: ReceiveBuffer) { self.shared = shared }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
        shared.giveBack(unwrapInboundIn(data))
    }
}
