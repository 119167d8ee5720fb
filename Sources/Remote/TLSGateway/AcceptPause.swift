import DocumentedEvents
import Glibc
import Logging
import NIOCore

/// Pauses a listener for a second when it cannot accept connections, most often for lack of file descriptors. Otherwise the
/// waiting connection would wake the event loop again and again.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let events: EventLog
    private var resumption: Scheduled<Void>?

    init(logger: Logger) { events = EventLog(logger, bounds: .perMinute) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A connection that was refused, or aborted before it was accepted, is an error, too, but no reason to pause.
        guard let code = (error as? IOError)?.errnoCode, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code),
            resumption == nil
        else { return }
        events.note(GatewayEvent.acceptingPaused, by: "", ["reason": "\(String(cString: strerror(code)))"])
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        resumption = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
            self.resumption = nil
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        resumption?.cancel()
        context.fireChannelInactive()
    }
}
