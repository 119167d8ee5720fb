import DocumentedEvents
import Glibc
import Logging
import NIOCore

/// A *pause* of a listener that cannot accept because something has run out, most often descriptors.
///
/// The connection that waits would wake the loop again and again, to no end. So the listener is left alone for a second;
/// those who are connected are served meanwhile, and those who wait are not refused. That it pauses is logged once, and
/// once that a connection was accepted again.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let events: EventLog
    private var resumption: Scheduled<Void>?
    /// Whether nothing was accepted since the last pause.
    private var isExhausted = false

    init(logger: Logger) { events = EventLog(logger) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A connection that its peer has given up meanwhile is an error, too, but nothing to pause for.
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
