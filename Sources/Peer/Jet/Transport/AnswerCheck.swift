import NIOCore

/// What answers at an endpoint is something else than the endpoint says.
enum DaemonMismatch: Error {
    /// It expects TLS.
    case speaksTLS
    /// It has no TLS.
    case speaksPlainText
    /// It speaks HTTP, where length-prefixed messages are expected.
    case speaksHTTP
    /// It does not speak HTTP, where a WebSocket is expected.
    case speaksNoHTTP
    /// It does not accept a WebSocket for Jet; what it answers.
    case refuses(status: String)
    /// What stands before the daemon cannot reach it; what it answers.
    case unavailable(status: String)
    /// The daemon itself refuses the connection.
    case refusedByDaemon(JetError)
    /// It closes the connection.
    case hungUp(during: String)

    /// The reason as the end of a sentence.
    var reason: String {
        switch self {
        case .speaksTLS: "the daemon expects TLS at this port; use jets:// or wss://"
        case .speaksPlainText:
            "there is no TLS at this port; use the port of the daemon's TLS, which is usually 11124, or tcp:// or ws://"
        case .speaksHTTP: "it answers in HTTP at this port; use ws:// or wss://, if it is a Jet daemon"
        case .speaksNoHTTP: "it does not answer in HTTP at this port; use tcp:// or jets://, if it is a Jet daemon"
        case .refuses(let status): "it is not a Jet daemon; its answer to the handshake of the WebSocket is '\(status)'"
        case .unavailable(let status):
            "the gateway of the device cannot reach its daemon, and answers '\(status)'; is jetd running there?"
        case .refusedByDaemon(let error):
            "the daemon refuses the connection: " + (error.refusal.map { "\($0)" } ?? error.message)
        case .hungUp(let step): "the connection was closed during \(step)"
        }
    }
}

/// Looks at the first bytes of the answer, so that the error says what was answered, and not which byte of it cannot be
/// understood. It removes itself then.
final class AnswerCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let expectsTLS: Bool
    private var hasFailed = false

    init(expectsTLS: Bool) { self.expectsTLS = expectsTLS }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasFailed else { return }
        let input = unwrapInboundIn(data)
        guard let first = input.readableBytesView.first else { return context.fireChannelRead(data) }
        let mismatch: DaemonMismatch? =
            if expectsTLS {
                // A record: an alert, or a message of the handshake (RFC 8446, section 5.1).
                (0x14...0x17).contains(first) ? nil : .speaksPlainText
            } else if input.readableBytesView.starts(with: [0x15, 0x03]) {
                .speaksTLS
            } else if input.readableBytesView.starts(with: "HTTP/".utf8) {
                .speaksHTTP
            } else {
                nil
            }
        if let mismatch {
            hasFailed = true
            context.fireErrorCaught(mismatch)
            return context.close(promise: nil)
        }
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
