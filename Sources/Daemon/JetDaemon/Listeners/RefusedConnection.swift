import DocumentedEvents
import JetBus
import JetProtocol
import Logging
import NIOCore
import NIOHTTP1

/// A connection that is refused because its account has as many as it may have: it gets the reason, and is closed.
final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How many of these may be open at the same time. Further ones are closed without a reason.
    static var most: Int { 16 }

    private let reason: [UInt8]
    private var hasStarted = false
    private var closeTimer: Scheduled<Void>?

    init(_ refusal: Admission.Refusal, _ transport: Transport) {
        let error = ErrorObject.limitExceeded(
            .connections, max: refusal.max, used: refusal.used, account: "\(refusal.account)")
        let message = Array("{\"error\":".utf8) + error.text + Array("}".utf8)
        reason = transport == .webSocket ? Self.page(message) : Self.frame(message)
    }

    private static func frame(_ message: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        Frame.appendHeader(length: message.count, to: &bytes)
        return bytes + message
    }

    /// The response to an HTTP request, which need not have arrived.
    private static func page(_ message: [UInt8]) -> [UInt8] {
        let response = HTTPResponse.json(.serviceUnavailable, ByteBuffer(bytes: message))
        return Array(response.head(.init(isLast: true)).readableBytesView) + message
    }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { start(context) } }

    func channelActive(context: ChannelHandlerContext) { start(context) }

    private func start(_ context: ChannelHandlerContext) {
        guard !hasStarted else { return }
        hasStarted = true
        closeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { context.close(promise: nil) }
        // Closing both sides immediately would reset the connection, and the peer might not read the reason.
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: .output, promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: reason)), promise: written)
    }

    /// What the peer sends is discarded.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) { closeTimer?.cancel() }
}

extension Hub {
    /// Counts a connection that was accepted for its account, until it is closed.
    ///
    /// - Throws: The refusal, if the account has as many as it may; it is logged.
    func admit(_ channel: any Channel, _ identity: PeerIdentity) throws(Admission.Refusal) {
        let account = identity.account
        do throws(Admission.Refusal) {
            try admission.admit(
                account, isUnix: identity.local != nil, configured: entry(for: identity).connections)
        } catch {
            noteRefusal(error, identity)
            throw error
        }
        channel.closeFuture.assumeIsolated().whenComplete { _ in self.admission.release(account) }
    }

    /// Counts a connection that is open only to be refused.
    ///
    /// - Throws: If there are too many, so that the channel is to be closed immediately.
    func beginRefusal(of channel: any Channel) throws {
        guard refusedConnections < RefusedConnection.most else { throw ChannelError.ioOnClosedChannel }
        refusedConnections += 1
        channel.closeFuture.assumeIsolated().whenComplete { _ in self.refusedConnections -= 1 }
    }

    /// Adds a handler to a channel that tells the peer why its connection is refused.
    ///
    /// - Throws: If the channel is to be closed immediately.
    func refuse(_ channel: any Channel, _ refusal: Admission.Refusal, _ transport: Transport) throws {
        try beginRefusal(of: channel)
        try channel.pipeline.syncOperations.addHandler(RefusedConnection(refusal, transport))
    }

    private func noteRefusal(_ refusal: Admission.Refusal, _ identity: PeerIdentity) {
        var metadata: Logger.Metadata = [
            "account": "\(refusal.account)", "limit": "\(LimitName.connections.rawValue)", "max": "\(refusal.max)",
            "used": "\(refusal.used)",
        ]
        metadata["uid"] = identity.credentials.userID.map { "\($0)" }
        metadata["address"] = identity.credentials.address.map { "\($0)" }
        quotaEvents.note(DaemonEvent.connectionRefused, by: "\(refusal.account)", metadata)
    }
}
