import Digests
import DocumentedEvents
import Glibc
import Logging
import Moments
import NIOCore
import NIOPosix

/// The state of a gateway. It is used on its event loop only.
final class GatewayCore {
    let loop: NIOIsolatedEventLoop
    private let eventLoop: any EventLoop
    private(set) var contexts: GatewayContexts
    var admission: Admission
    private let buffer = ReceiveBuffer()
    private let logger: Logger
    /// What clients repeat, once in a minute for each address.
    private let events: EventLog
    private var listeners: [any Channel] = []
    private var sessions: [UInt64: Session] = [:]
    private var nextNumber: UInt64 = 1
    private var isUnreachable = false
    private var expiryCheck: RepeatedTask?
    private var watchdog: RepeatedTask?
    private var report: (interval: TimeAmount, timer: Scheduled<Void>?, body: @Sendable (GatewayCounts) -> Void)?
    /// The seconds since 1970.
    let now: @Sendable () -> Int

    init(
        _ configuration: GatewayConfiguration, _ contexts: GatewayContexts, eventLoop: any EventLoop, logger: Logger,
        now: @escaping @Sendable () -> Int
    ) {
        self.eventLoop = eventLoop
        loop = eventLoop.assumeIsolated()
        self.contexts = contexts
        admission = Admission(limits: configuration)
        self.logger = logger
        events = EventLog(logger, bounds: .perMinute)
        self.now = now
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        expiryCheck = eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .hours(24)) { _ in
            bound.value.checkExpiry()
        }
    }

    var limits: GatewayConfiguration { admission.limits }

    var counts: GatewayCounts {
        GatewayCounts(connections: admission.connections, handshakes: admission.handshakes.count)
    }

    func hash(_ bytes: [UInt8]) -> [UInt8] { SHA256.hash(of: bytes) }

    // MARK: Listening

    func listen(on channel: any Channel) { listeners.append(channel) }

    /// A connection was accepted.
    ///
    /// - Throws: If it is refused, and is to be closed.
    func accept(_ channel: any Channel) throws {
        let address = PeerAddress(.init(channel.remoteAddress))
        let number = nextNumber
        switch admission.admit(address, number: number) {
        case .failure(let refusal):
            events.note(
                GatewayEvent.connectionRefused, by: address.description,
                ["address": "\(address)", "limit": "\(refusal.reason.rawValue)", "max": "\(refusal.max)"])
            throw ChannelError.ioOnClosedChannel
        case .success(let displaced):
            if let displaced { sessions[displaced.number]?.displace() }
        }
        nextNumber += 1
        let session = Session(number: number, address: address, channel: channel, core: self)
        sessions[number] = session
        changed()
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            session.ended()
            self.sessions[number] = nil
            self.admission.release(address, number: number)
            self.changed()
        }
        try channel.syncOptions?.setOption(.recvAllocator, value: SharedBufferAllocator(sharing: buffer))
        try channel.pipeline.syncOperations.addHandlers([ReceiveHandler(buffer), HelloHandler(session)])
    }

    // MARK: The daemon

    /// Opens a connection to the daemon.
    func connect(for session: Session) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound((self, session), eventLoop: eventLoop)
        return ClientBootstrap(group: eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.maxMessagesPerRead, value: 1)
            .connectTimeout(TimeAmount(limits.handshakeTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (core, session) = bound.value
                    try channel.syncOptions?.setOption(
                        .recvAllocator, value: SharedBufferAllocator(sharing: core.buffer))
                    let link = DaemonLink(session, channel: channel)
                    try channel.pipeline.syncOperations.addHandlers([ReceiveHandler(core.buffer), link])
                    session.attach(link)
                }
            }
            .connect(unixDomainSocketPath: limits.daemon)
    }

    func noteUnreachable(_ error: any Error) {
        guard !isUnreachable else { return }
        isUnreachable = true
        let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
        logger.note(GatewayEvent.daemonUnreachable, ["daemon": "\(limits.daemon)", "reason": "\(reason)"])
    }

    func noteReachable() {
        guard isUnreachable else { return }
        isUnreachable = false
        logger.note(GatewayEvent.daemonReachable, ["daemon": "\(limits.daemon)"])
    }

    func noteFailure(_ session: Session, _ reason: String) {
        admission.endHandshake(session.number)
        events.note(
            GatewayEvent.handshakeFailed, by: session.address.description,
            ["address": "\(session.address)", "reason": "\(reason)"])
    }

    func noteDistrust(_ session: Session) {
        events.note(GatewayEvent.noLongerTrusted, by: session.address.description, ["address": "\(session.address)"])
    }

    // MARK: Changes

    /// Uses another configuration and other certificates for connections from now on.
    func adopt(_ configuration: GatewayConfiguration, _ contexts: GatewayContexts) {
        admission.limits = configuration
        self.contexts = contexts
        for session in sessions.values { session.reconsider(contexts) }
        checkExpiry()
    }

    private func checkExpiry() {
        let left = contexts.credentials.expiry - now()
        guard left < 14 * 86400 else { return }
        logger.note(
            GatewayEvent.certificateExpires,
            [
                "expires": "\(Moment.text(seconds: contexts.credentials.expiry))",
                "fingerprint": "\(contexts.credentials.fingerprint)",
            ])
    }

    /// Stops accepting, and closes all connections.
    func stop(within timeout: TimeAmount) -> EventLoopFuture<Void> {
        expiryCheck?.cancel()
        watchdog?.cancel()
        report?.timer?.cancel()
        report = nil
        var closed = listeners.map { $0.close() }
        for session in sessions.values { closed.append(session.stop()) }
        let all = sessions
        loop.scheduleTask(in: timeout) { for session in all.values { session.abort() } }
        return EventLoopFuture.andAllComplete(closed, on: eventLoop)
    }

    // MARK: Reports

    /// Calls `alive` again and again, which shows that the event loop works.
    func watch(every interval: TimeAmount, _ alive: @escaping @Sendable () -> Void) {
        watchdog = eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: interval) { _ in alive() }
    }

    /// Calls `body` after changes. No timer runs while nothing changes.
    func reportCounts(atMostEvery interval: TimeAmount, _ body: @escaping @Sendable (GatewayCounts) -> Void) {
        report = (interval, nil, body)
        changed()
    }

    private func changed() {
        guard let report, report.timer == nil else { return }
        self.report?.timer = loop.scheduleTask(in: report.interval) {
            self.report?.timer = nil
            report.body(self.counts)
        }
    }
}

/// What a gateway has at a moment.
public struct GatewayCounts: Hashable, Sendable {
    /// The connections, including those whose handshake goes on.
    public var connections = 0
    /// The handshakes that go on.
    public var handshakes = 0

    /// None.
    public init() {}

    init(connections: Int, handshakes: Int) { (self.connections, self.handshakes) = (connections, handshakes) }
}
