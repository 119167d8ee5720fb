import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Upgrades an HTTP connection on the WebSocket port to a peer.
///
/// NIO handles the handshake. Its frame handlers are not used: a `Connection` reads and writes frames itself, so that a
/// message is neither buffered twice nor beyond the limit, and the outbox is written without a copy.
final class WebSocketUpgrader: HTTPServerProtocolUpgrader {
    let supportedProtocol = "websocket"
    let requiredUpgradeHeaders: [String] = []

    private let hub: Hub
    private let messageLimit: Int
    private let identity: PeerIdentity
    private let handshake: NIOWebSocketServerUpgrader

    /// The limit for the header of a request, in bytes.
    private static let headerLimit = 16 << 10

    private init(hub: Hub, messageLimit: Int, identity: PeerIdentity) {
        self.hub = hub
        self.messageLimit = messageLimit
        self.identity = identity
        let origins = hub.origins
        handshake = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, request in
                let headers = origins.admits(request, of: identity) ? Self.headers(for: request) : nil
                return channel.eventLoop.makeSucceededFuture(headers)
            },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
    }

    /// Adds the handlers for HTTP requests to a new connection.
    static func install(in channel: any Channel, hub: Hub, messageLimit: Int, identity: PeerIdentity) throws {
        let encoder = HTTPResponseEncoder()
        let decoder = requestDecoder
        let page = HTTPPage(hub: hub, identity: identity)
        let upgrade = HTTPServerUpgradeHandler(
            upgraders: [WebSocketUpgrader(hub: hub, messageLimit: messageLimit, identity: identity)],
            httpEncoder: encoder,
            extraHTTPHandlers: [decoder, page], upgradeCompletionHandler: { _ in })
        try channel.pipeline.syncOperations.addHandlers([encoder, decoder, upgrade, page])
    }

    /// Parses requests, with limits.
    static var requestDecoder: ByteToMessageHandler<HTTPRequestDecoder> {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = headerLimit
        limits.maxHeaderListSize = headerLimit
        limits.maxHeaderFieldCount = 100
        return ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
    }

    /// Additional headers of the response; `nil` if the request is refused.
    private static func headers(for request: HTTPRequestHead) -> HTTPHeaders? {
        let connection = request.headers[canonicalForm: "connection"]
        guard request.method == .GET, request.version == .http1_1, connection.contains(where: isUpgrade) else {
            return nil
        }
        let offered = request.headers[canonicalForm: "sec-websocket-protocol"]
        guard !offered.isEmpty else { return HTTPHeaders() }
        return offered.contains("jet") ? ["Sec-WebSocket-Protocol": "jet"] : nil
    }

    private static func isUpgrade(_ token: Substring) -> Bool { token.lowercased() == "upgrade" }

    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        handshake.buildUpgradeResponse(
            channel: channel, upgradeRequest: upgradeRequest, initialResponseHeaders: initialResponseHeaders)
    }

    func upgrade(context: ChannelHandlerContext, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<Void> {
        context.eventLoop.makeCompletedFuture {
            let connection = Connection(
                hub: hub, messageLimit: messageLimit, transport: .webSocket, identity: identity)
            try context.pipeline.syncOperations.addHandler(connection)
        }
    }
}
