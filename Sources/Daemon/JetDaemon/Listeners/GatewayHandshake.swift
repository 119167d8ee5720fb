import DocumentedEvents
import JetBus
import JetProtocol
import Logging
import NIOCore
import ProxyProtocol

/// The beginning of a connection that a gateway forwards: the header of the PROXY protocol, which says who the peer is, and
/// the first byte that the peer has sent, which tells HTTP from length-prefixed messages. Then this handler adds the handlers
/// of such a peer and leaves the pipeline.
///
/// A gateway is trusted to say who a peer is, and not to send anything between. Its header must arrive in time nevertheless: a
/// gateway that hangs must not use up the descriptors.
final class GatewayHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// How long the header may take.
    private static let headerTimeout = TimeAmount.seconds(5)

    private enum Phase {
        /// The header is not complete.
        case header
        /// The peer has not sent anything. It is refused if it has too many connections; the answer depends on the protocol.
        case silent(PeerIdentity, Admission.Refusal?)
        /// The connection belongs to other handlers, or is closed.
        case ended
    }

    private let hub: Hub
    private let messageLimit: Int
    private let gateway: PeerCredentials
    private var phase = Phase.header
    private var received: [UInt8] = []
    private var timer: Scheduled<Void>?

    private init(_ hub: Hub, _ messageLimit: Int, _ gateway: PeerCredentials) {
        self.hub = hub
        self.messageLimit = messageLimit
        self.gateway = gateway
    }

    /// Adds the handler to a connection that was accepted.
    ///
    /// - Throws: If the other end is no gateway, or too many connections wait for their header; the channel is then to be
    ///   closed.
    static func begin(in channel: any Channel, hub: Hub, messageLimit: Int) throws {
        // Without credentials the other end has disconnected.
        guard let gateway = PeerCredentials(of: channel.descriptor) else { throw ChannelError.ioOnClosedChannel }
        guard hub.gateways.admits(gateway) else {
            hub.noteGateway(.gatewayRefused, gateway, "it is not in gateways in the section [remote] of jetd.toml")
            throw ChannelError.ioOnClosedChannel
        }
        guard hub.openHandshakes < hub.admission.mostHandshakes else {
            hub.noteGateway(.gatewayRefused, gateway, "too many of its connections wait for their header")
            throw ChannelError.ioOnClosedChannel
        }
        try channel.pipeline.syncOperations.addHandler(GatewayHandshake(hub, messageLimit, gateway))
    }

    // MARK: Lifecycle

    func handlerAdded(context: ChannelHandlerContext) {
        hub.openHandshakes += 1
        close(context, in: Self.headerTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        if case .header = phase { hub.openHandshakes -= 1 }
        phase = .ended
    }

    private func close(_ context: ChannelHandlerContext, in time: TimeAmount?) {
        timer?.cancel()
        timer = time.map { time in
            context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.expire(context) }
        }
    }

    private func expire(_ context: ChannelHandlerContext) {
        switch phase {
        case .header: refuse(context, "it is not complete after 5 seconds")
        case .silent(let identity, nil):
            let label = PeerLabel(identity)
            hub.events.note(DaemonEvent.peerSilent, by: label.source, label.metadata)
            context.close(promise: nil)
        case .silent, .ended: context.close(promise: nil)
        }
    }

    /// Closes the connection because of its header.
    private func refuse(_ context: ChannelHandlerContext, _ reason: String) {
        hub.noteGateway(.badHeader, gateway, reason)
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        hub.logger.debug("connection of a gateway failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            switch phase {
            // A check whether something listens sends nothing.
            case .header: received.isEmpty ? context.close(promise: nil) : refuse(context, "it is cut")
            case .silent: context.close(promise: nil)
            case .ended: break
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Input

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .ended = phase { return context.fireChannelRead(data) }
        let buffer = unwrapInboundIn(data)
        received += buffer.readableBytesView
        hub.receiveBuffer.giveBack(buffer)
        do {
            if case .header = phase { try readHeader(context) }
            if case .silent(let identity, let refusal) = phase, let first = received.first {
                try proceed(context, Self.transport(ofFirst: first), identity, refusal)
            }
        } catch let error as ProxyHeaderError {
            refuse(context, error.description)
        } catch {
            context.close(promise: nil)
        }
    }

    private func readHeader(_ context: ChannelHandlerContext) throws {
        guard let (header, length) = try ProxyHeader.read(received) else { return }
        received.removeFirst(length)
        hub.openHandshakes -= 1
        guard var identity = PeerIdentity(header) else {
            // The gateway has checked whether the daemon is there.
            phase = .ended
            return context.close(promise: nil)
        }
        if let login = hub.login(of: identity) { identity.charge(toLogin: login.user) }
        do throws(Admission.Refusal) {
            try hub.admit(context.channel, identity)
            phase = .silent(identity, nil)
            close(context, in: hub.silence.limit)
        } catch {
            phase = .silent(identity, error)
            try hub.beginRefusal(of: context.channel)
            close(context, in: .seconds(1))
        }
    }

    /// The protocol of a peer, by the first byte that it sends. HTTP requests begin with the name of the method; the length
    /// of a message that began with a capital letter would be beyond the highest limit.
    private static func transport(ofFirst byte: UInt8) -> Transport {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? .webSocket : .tcp
    }

    private func proceed(
        _ context: ChannelHandlerContext, _ transport: Transport, _ identity: PeerIdentity,
        _ refusal: Admission.Refusal?
    ) throws {
        phase = .ended
        timer?.cancel()
        if let refusal {
            try context.pipeline.syncOperations.addHandler(RefusedConnection(refusal, transport))
        } else {
            try hub.install(in: context.channel, transport, identity, messageLimit: messageLimit)
        }
        context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: received)))
        received = []
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}

extension Hub {
    /// Logs that a connection of a gateway, or of a program that is none, is closed; once per minute and user.
    fileprivate func noteGateway(_ event: DaemonEvent, _ gateway: PeerCredentials, _ reason: String) {
        quotaEvents.note(
            event, by: "uid \(gateway.user)",
            ["uid": "\(gateway.user)", "pid": "\(gateway.process)", "reason": "\(reason)"])
    }
}
