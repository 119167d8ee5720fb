import NIOCore
import NIOHTTP1

/// The bounds of HTTP connections. They are part of the interface in jetd(8).
struct HTTPLimits {
    /// The header of a request, in bytes, and its fields.
    static let header = 16 << 10
    static let fields = 100
    /// How long the first request of a connection may take to arrive.
    var firstRequest = TimeAmount.seconds(5)
    /// How long a connection may wait for its next request to arrive.
    var nextRequest = TimeAmount.seconds(15)
    /// How long the body of a request may take to arrive.
    var body = TimeAmount.seconds(15)
    /// How many bytes the bodies of all requests may have that are not answered yet.
    static let bodies = 64 << 20
    /// How long a route may take to answer. Then the request is answered with 504.
    var answer = TimeAmount.seconds(60)
    /// How long a client may take to read a slice of a response.
    var slice = TimeAmount.seconds(30)
    /// How much of a response is written at once, in bytes, so that a long one does not hold up the peers of the bus.
    static let sliceSize = 64 << 10
    /// How many requests a connection may have. The last response closes it.
    var requests = 1000
    /// How many requests that were sent before the answer to an earlier one are kept, and how many bytes of their bodies.
    /// What follows is not read, and the connection is closed after their answers.
    static let waitingRequests = 32
    static let waitingBytes = 64 << 10

    /// How much is read at once, in bytes. All of it is parsed before the other connections have their turn, also what is
    /// too much.
    static let readSize = 4 << 10

    /// Parses requests, with limits.
    static var decoder: ByteToMessageHandler<HTTPRequestDecoder> {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = header
        limits.maxHeaderListSize = header
        limits.maxHeaderFieldCount = fields
        return ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .fireError, limitConfiguration: limits))
    }
}

/// Gives a connection that speaks HTTP a small buffer for each read.
///
/// NIO keeps the first buffer that it gets for a connection, and asks for another one before each read while `record`
/// returns true. So the first buffer is tiny, and an idle connection needs almost no memory.
///
/// `@unchecked Sendable` because NIO requires it of all allocators: it is created on the event loop, and only a channel of
/// that loop calls it.
final class HTTPReadAllocator: RecvByteBufferAllocator, @unchecked Sendable {
    private var isFirst = true

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        defer { isFirst = false }
        return allocator.buffer(capacity: isFirst ? 16 : HTTPLimits.readSize)
    }

    func record(actualReadBytes: Int) -> Bool { true }
}
