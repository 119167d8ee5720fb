import Glibc
import NIOCore
import NIOPosix

/// Writes to the socket of a connection without NIO: while NIO has no writes pending, output goes out with one system call
/// from the memory it was rendered in. NIO writes what the socket does not accept.
///
/// This saves a copy of every byte and NIO's bookkeeping for each write, which with many subscribers costs more than the
/// bus itself.
struct DirectWriter {
    /// The socket; -1 if the channel has none.
    private let descriptor: CInt
    /// The number of pending writes of NIO.
    private var unfinished: Int32 = 0

    /// A writer that leaves everything to NIO.
    init() { descriptor = -1 }

    init(_ context: ChannelHandlerContext) {
        let operations = context.pipeline.syncOperations
        let socket = try? operations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        descriptor = socket ?? -1
    }

    /// Writes as much as the socket accepts now.
    ///
    /// The descriptor is valid while the channel is active: NIO marks the channel inactive in the same step in which it
    /// closes the socket.
    ///
    /// - Returns: The number of bytes written; 0 also for errors, which NIO then gets with its own write.
    func write(_ bytes: UnsafeRawBufferPointer, to channel: any Channel) -> Int {
        guard descriptor >= 0, unfinished == 0, channel.isActive else { return 0 }
        var count = 0
        repeat {
            count = send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
        } while count < 0 && errno == EINTR
        return max(count, 0)
    }

    /// Counts a write that was passed to NIO.
    mutating func began() { unfinished += 1 }

    /// Counts a write that NIO has completed.
    mutating func ended() { unfinished -= 1 }
}
