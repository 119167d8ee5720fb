import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import ProxyProtocol

/// A connection of a client: the last handler of its channel, behind TLS.
///
/// Once the handshake has succeeded, it opens a connection to the daemon, and passes on what comes from either side. It reads
/// from the client only while the daemon's socket accepts more, so what a slow side holds up is bounded, and waits where it
/// comes from.
final class Session: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// TLS is being set up.
        case handshaking
        /// The daemon is being connected.
        case connecting
        /// Both sides are connected.
        case forwarding
        /// There is no daemon; a client that speaks HTTP gets an answer.
        case refusing
        /// Being closed, or closed.
        case closing
    }

    /// How long a client that does not read may keep what the daemon sent before it closed.
    private static let patience = TimeAmount.seconds(5)

    let number: UInt64
    let address: PeerAddress
    private let core: GatewayCore
    private let channel: any Channel
    private var state = State.handshaking
    private var context: ChannelHandlerContext?
    private var link: DaemonLink?
    private var timer: Scheduled<Void>?
    private var handler: NIOSSLServerHandler?
    private var kind = GatewayContexts.Kind.none
    private var negotiated: String?
    /// The contexts that its handshake began with.
    private var contexts: GatewayContexts?
    /// What has come from the client before the daemon is connected: at most one read.
    private var early: [ByteBuffer] = []
    private var hasInputEnded = false
    /// Whether the channel waits for permission to read.
    private var waitsToRead = false
    private var attempts = 0

    init(number: UInt64, address: PeerAddress, channel: any Channel, core: GatewayCore) {
        (self.number, self.address, self.channel, self.core) = (number, address, channel, core)
        let timeout = TimeAmount(core.limits.handshakeTimeout)
        timer = core.loop.scheduleTask(in: timeout) { self.expire() }
    }

    // MARK: Handshake

    /// The handler of TLS for a client.
    func secure(for hello: ClientHello) -> NIOSSLServerHandler {
        let contexts = core.contexts
        let (kind, handler) = contexts.handler(for: hello)
        (self.kind, self.handler, self.contexts) = (kind, handler, contexts)
        return handler
    }

    /// Notes that the handshake has failed. The caller closes the connection.
    func fail(_ reason: String) {
        guard case .handshaking = state else { return }
        core.noteFailure(self, reason)
        state = .closing
    }

    private func expire() {
        timer = nil
        fail("it took too long")
        state = .closing
        // Not in an orderly way: the client does not take part.
        abort()
    }

    /// Closes it, because it is the oldest handshake of too many.
    func displace() {
        fail("too many others began")
        abort()
    }

    private func completeHandshake(_ context: ChannelHandlerContext, _ negotiated: String?) {
        core.admission.endHandshake(number)
        self.negotiated = negotiated
        guard isStillValid else {
            fail("its certificate has expired")
            return context.close(promise: nil)
        }
        state = .connecting
        connect(context)
    }

    /// A session that is resumed has the certificate of its first handshake, which can have expired since. Keys do not
    /// expire: they are removed.
    private var isStillValid: Bool {
        guard kind == .authority, let certificate = handler?.peerCertificate else { return true }
        return Int(certificate.notValidAfter) >= core.now()
    }

    /// What the daemon learns about the client.
    private var header: ProxyHeader {
        var tls = ProxyHeader.TLS(version: handler?.tlsVersion.map(Self.name))
        if kind != .none, let certificate = handler?.peerCertificate,
            let key = try? certificate.extractPublicKey().toSPKIBytes(), let document = try? certificate.toDERBytes()
        {
            let subject = CertificateSubject(ofCertificate: document)
            tls.hasCertificate = true
            tls.isVerified = kind == .authority
            tls.commonName = subject?.commonName
            tls.subject = subject?.text
            tls.keyFingerprint = core.hash(key)
        }
        return ProxyHeader(source: .init(channel.remoteAddress), destination: .init(channel.localAddress), tls: tls)
    }

    private static func name(_ version: TLSVersion) -> String {
        switch version {
        case .tlsv1: "TLSv1"
        case .tlsv11: "TLSv1.1"
        case .tlsv12: "TLSv1.2"
        case .tlsv13: "TLSv1.3"
        }
    }

    /// Closes it if its certificate was verified by a CA that is no longer trusted.
    func reconsider(_ current: GatewayContexts) {
        guard kind == .authority, let contexts, let certificate = handler?.peerCertificate,
            current.distrusts(certificate, verifiedBy: contexts.credentials.authorities)
        else { return }
        core.noteDistrust(self)
        state = .closing
        link?.close()
        abort()
    }

    // MARK: The daemon

    private func connect(_ context: ChannelHandlerContext) {
        attempts += 1
        core.connect(for: self).assumeIsolated().whenFailure { error in
            guard case .connecting = self.state else { return }
            self.link = nil
            // The queue of the socket is full, which connect(2) reports at once for unix sockets.
            if (error as? IOError)?.errnoCode == EAGAIN, self.attempts < 100 {
                self.core.loop.scheduleTask(in: .milliseconds(50)) {
                    if case .connecting = self.state { self.connect(context) }
                }
            } else {
                self.core.noteUnreachable(error)
                self.refuse(context)
            }
        }
    }

    /// The channel to the daemon exists, and is being connected.
    func attach(_ link: DaemonLink) { self.link = link }

    /// The daemon is connected.
    ///
    /// - Returns: What it gets first: the header, and what has come already.
    func begin() -> [ByteBuffer] {
        guard case .connecting = state else { return [] }
        timer?.cancel()
        timer = nil
        state = .forwarding
        core.noteReachable()
        defer { early = [] }
        return [channel.allocator.buffer(bytes: header.bytes)] + early
    }

    /// What has begun is sent: the client is read from again.
    func proceed() {
        if hasInputEnded { link?.endOutput() }
        resumeReading()
    }

    /// Answers a client that speaks HTTP, closes another one. Which of them it is can be seen only in what it sends, if it has
    /// not said so in the handshake.
    private func refuse(_ context: ChannelHandlerContext) {
        state = .refusing
        let first = early.first?.readableBytesView.first
        early = []
        if let first { return answer(context, isHTTP: (0x41...0x5A).contains(first)) }
        switch negotiated {
        case nil: resumeReading()
        case let negotiated: answer(context, isHTTP: negotiated == GatewayContexts.webProtocol)
        }
    }

    private func answer(_ context: ChannelHandlerContext, isHTTP: Bool) {
        timer?.cancel()
        timer = nil
        if isHTTP { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: HTTPAnswer.unavailable)), promise: nil) }
        close()
    }

    // MARK: From the daemon

    /// Whether the client's socket accepts more.
    var isWritable: Bool { channel.isWritable }

    func write(_ buffer: ByteBuffer) { context?.write(wrapOutboundOut(buffer), promise: nil) }

    func flush() { context?.flush() }

    /// The daemon sends nothing more.
    func endOutput() {
        // With both directions ended, NIO would close the channel and drop what is not sent yet.
        if hasInputEnded { close() } else { context?.close(mode: .output, promise: nil) }
    }

    /// The daemon has closed the connection.
    func linkClosed() {
        link = nil
        guard case .forwarding = state else { return }
        close()
    }

    /// Sends what is left, and closes in an orderly way; without that if the client does not take part.
    func close() {
        state = .closing
        guard let context else { return }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in
            self.context?.close(promise: nil)
            // A client that has ended its output does not answer.
            if self.hasInputEnded { self.abort() }
        }
        if timer == nil { timer = core.loop.scheduleTask(in: Self.patience) { self.abort() } }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
        // The client's answer to that must be read.
        resumeReading()
    }

    func resumeReading() {
        guard waitsToRead, mayRead, let context else { return }
        waitsToRead = false
        context.read()
    }

    private var mayRead: Bool {
        switch state {
        case .handshaking, .closing, .refusing: true
        case .connecting: false
        case .forwarding: link?.isWritable ?? true
        }
    }

    // MARK: From the client

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        handler = nil
    }

    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { waitsToRead = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        switch state {
        case .forwarding: link?.write(buffer)
        case .connecting: early.append(buffer)
        case .refusing:
            answer(context, isHTTP: buffer.readableBytesView.first.map { (0x41...0x5A).contains($0) } == true)
        case .handshaking, .closing: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { link?.flush() }

    func channelWritabilityChanged(context: ChannelHandlerContext) { if isWritable { link?.resumeReading() } }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(let negotiated): completeHandshake(context, negotiated)
        case ChannelEvent.inputClosed:
            hasInputEnded = true
            switch state {
            case .forwarding: link?.endOutput()
            case .connecting: break
            case .handshaking, .refusing, .closing: context.close(promise: nil)
            }
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that closes without saying so by TLS. Messages of Jet have lengths, so nothing is cut unnoticed, and the
        // end of the input follows as an event of its own.
        if case .uncleanShutdown? = error as? NIOSSLError { return }
        fail(Self.reason(error))
        context.close(promise: nil)
    }

    /// What BoringSSL says, such as `certificate verify failed`, without the place in its sources.
    private static func reason(_ error: any Error) -> String {
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
        let text = "\(error)"
        guard let start = text.firstRange(of: "OPENSSL_internal:")?.upperBound else { return text }
        return text[start...].prefix { $0 != " " }.lowercased().replacing("_", with: " ")
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("it was closed")
        ended()
        context.fireChannelInactive()
    }

    /// Closes it because the gateway stops.
    func stop() -> EventLoopFuture<Void> {
        if case .handshaking = state { abort() } else { close() }
        return channel.closeFuture
    }

    /// Closes it without waiting for the client.
    func abort() { channel.pipeline.syncOperations.close(abruptly: channel) }

    /// The connection is closed.
    func ended() {
        timer?.cancel()
        timer = nil
        state = .closing
        link?.close()
        link = nil
        early = []
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Closes a channel without the handlers of TLS, which would wait for the other side.
    fileprivate func close(abruptly channel: any Channel) {
        // The first handler of all channels of the gateway.
        guard let first = try? context(handlerType: ReceiveHandler.self) else { return channel.close(promise: nil) }
        first.close(promise: nil)
    }
}
