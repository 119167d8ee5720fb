import DocumentedEvents
import Glibc
import Logging
import NIOCore

/// Pauses a listener for a second when it cannot accept connections, most often for lack of file descriptors.
///
/// Otherwise the waiting connection would wake the event loop again and again. During the pause the connected peers are
/// served, and waiting connections are not refused. The pause is logged once, and so is the next connection that is
/// accepted.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let events: EventLog
    private var resumption: Scheduled<Void>?
    /// Whether no connection was accepted since the last pause.
    private var isExhausted = false

    init(logger: Logger) { events = EventLog(logger) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A connection that was aborted before it was accepted is an error, too, but no reason to pause.
        guard let code = (error as? IOError)?.errnoCode, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) else {
            return
        }
        guard resumption == nil else { return }
        if !isExhausted { note(.acceptingPaused, context, ["reason": "\(String(cString: strerror(code)))"]) }
        isExhausted = true
        setReading(false, context)
        resumption = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
            self.resumption = nil
            self.setReading(true, context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isExhausted {
            isExhausted = false
            note(.acceptingResumed, context)
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        resumption?.cancel()
        context.fireChannelInactive()
    }

    private func note(_ event: DaemonEvent, _ context: ChannelHandlerContext, _ more: Logger.Metadata = [:]) {
        let address = context.localAddress.map { $0.pathname ?? "\($0)" } ?? "a socket"
        events.note(event, by: address, more.merging(["at": "\(address)"]) { $1 })
    }

    private func setReading(_ isReading: Bool, _ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }
}
