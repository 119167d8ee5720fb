import Glibc
import NIOCore
import NIOPosix

/// The short way into a connection's socket: what NIO has nothing left to write before goes there by one system call, out
/// of the memory in which it was rendered. NIO gets the rest that the socket does not take.
///
/// It saves a copy of every byte and NIO's bookkeeping of a write, which with many subscribers is more than the bus's own
/// work for what is written.
struct DirectWriter {
    /// The socket; -1 for a channel that has none of its own.
    private let descriptor: CInt
    /// How many writes NIO was given that are not done.
    private var unfinished: Int32 = 0

    /// No way: NIO writes all.
    init() { descriptor = -1 }

    init(_ context: ChannelHandlerContext) {
        let operations = context.pipeline.syncOperations
        let socket = try? operations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        descriptor = socket ?? -1
    }

    /// Writes as much as the socket takes now.
    ///
    /// The descriptor is good as long as the channel is active: NIO marks it inactive in the same step in which it closes
    /// the socket.
    ///
    /// - Returns: How many bytes were written; 0 as well if NIO has to find out what is wrong.
    func write(_ bytes: UnsafeRawBufferPointer, to channel: any Channel) -> Int {
        guard descriptor >= 0, unfinished == 0, channel.isActive else { return 0 }
        var count = 0
        repeat {
            count = send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
        } while count < 0 && errno == EINTR
        return max(count, 0)
    }

    /// NIO has been given a write.
    mutating func began() { unfinished += 1 }

    /// NIO has done a write.
    mutating func ended() { unfinished -= 1 }
}
