import Glibc
import Logging
import NIOCore

/// A *pause* of a listener that cannot accept because something has run out, most often descriptors.
///
/// The connection that waits would wake the loop again and again, to no end. So the listener is left alone for a second;
/// those who are connected are served meanwhile, and those who wait are not refused.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let logger: Logger
    private var resumption: Scheduled<Void>?

    init(logger: Logger) { self.logger = logger }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A connection that its peer has given up meanwhile is an error, too, but nothing to pause for.
        guard let code = (error as? IOError)?.errnoCode, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) else {
            return
        }
        guard resumption == nil else { return }
        logger.warning("cannot accept connections", metadata: ["reason": "\(String(cString: strerror(code)))"])
        setReading(false, context)
        resumption = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
            self.resumption = nil
            self.setReading(true, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        resumption?.cancel()
        context.fireChannelInactive()
    }

    private func setReading(_ isReading: Bool, _ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }
}
