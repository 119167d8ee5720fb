import DocumentedEvents
import Logging
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Answers plain HTTP on the WebSocket port with a short text. Each connection gets one response and is closed; the body of
/// a request is discarded.
final class HTTPPage: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long a client may take to send its request.
    private static let requestTimeout = TimeAmount.seconds(5)

    private let hub: Hub
    private let text: String
    private let identity: PeerIdentity
    /// Whether the connection is refused because it would not be encrypted.
    private let isRefusal: Bool
    private var deadline: Scheduled<Void>?
    private var hasAnswered = false

    init(hub: Hub, identity: PeerIdentity, isRefusal: Bool = false) {
        self.hub = hub
        self.identity = identity
        self.isRefusal = isRefusal
        text = "\(hub.name): a Jet daemon. Peers connect here by WebSocket, subprotocol jet.\n"
    }

    /// Adds handlers to a new connection that answer each request with the reason for the refusal.
    static func installRefusal(in channel: any Channel, hub: Hub, identity: PeerIdentity) throws {
        try channel.pipeline.syncOperations.addHandlers(
            HTTPResponseEncoder(), WebSocketUpgrader.requestDecoder,
            HTTPPage(hub: hub, identity: identity, isRefusal: true))
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let request) = unwrapInboundIn(data) else { return }
        guard !isRefusal else {
            return answer(
                context, .forbidden,
                "connections from other machines are refused here, because they are not encrypted; see jet-remote(7)\n"
            )
        }
        let upgrades = request.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
        if upgrades {
            // The upgrade handler refused the request.
            guard hub.origins.admits(request, of: identity) else { return refuseOrigin(request, context) }
            let version = request.headers["sec-websocket-version"].first
            guard version == nil || version == "13" else {
                let headers: HTTPHeaders = ["Sec-WebSocket-Version": "13"]
                return answer(context, .upgradeRequired, "expected version 13\n", headers)
            }
            let reason = "expected a WebSocket handshake with GET and the subprotocol jet, or no subprotocol\n"
            return answer(context, .badRequest, reason)
        }
        switch (request.method, request.uri.prefix { $0 != "?" }) {
        case (.GET, "/"): answer(context, .ok, text)
        case (.HEAD, "/"): answer(context, .ok, text, isHead: true)
        case (.GET, _): answer(context, .notFound, "not found; there is only /\n")
        case (.HEAD, _): answer(context, .notFound, "not found; there is only /\n", isHead: true)
        default: answer(context, .methodNotAllowed, "only GET and HEAD\n", ["Allow": "GET, HEAD"])
        }
    }

    private func refuseOrigin(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let origin = request.headers["origin"].joined(separator: ", ")
        let address = identity.host
        hub.events.note(
            DaemonEvent.originRefused, by: address,
            ["origin": "\(PeerLabel.printable(origin))", "address": "\(address)"])
        answer(
            context, .forbidden,
            "pages of this origin may not connect; to allow them, see allow-origins in jetd.toml(5)\n"
        )
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // The request follows.
        case is NIOWebSocketUpgradeError: break
        case is HTTPParserError: answer(context, .badRequest, "this is not an HTTP request\n")
        default: context.close(promise: nil)
        }
    }

    // MARK: Answers

    private func answer(
        _ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ text: String, _ headers: HTTPHeaders = [:],
        isHead: Bool = false
    ) {
        guard !hasAnswered else { return }
        hasAnswered = true
        var headers = headers
        headers.add(name: "Content-Type", value: "text/plain; charset=utf-8")
        headers.add(name: "Content-Length", value: "\(text.utf8.count)")
        headers.add(name: "Connection", value: "close")
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil) }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess {
            // Closing both sides immediately would reset the connection, and the response might be lost.
            context.close(mode: .output, promise: nil)
            self.close(context, in: .seconds(1))
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }

    // MARK: Ends

    func handlerAdded(context: ChannelHandlerContext) { close(context, in: Self.requestTimeout) }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    private func close(_ context: ChannelHandlerContext, in time: TimeAmount) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            // If there was a request, the response is being written.
            if !hasAnswered { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }
}
