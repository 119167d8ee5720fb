import DocumentedEvents
import Glibc
import JetBus
import JetProtocol
import Logging
import Moments
import NIOCore
import NIOPosix
import Netlink

/// Connects the bus with the event loop: collects the output that one turn of the loop produces, writes to each peer once
/// at the end of the turn, and calls the bus at its deadlines. Confined to the event loop.
final class Hub {
    let bus: Bus
    let logger: Logger
    /// The log of events that peers can cause, which limits their rate.
    let events: EventLog
    /// The log of refusals because of a limit: one entry per account, limit and minute.
    let quotaEvents: EventLog
    let eventLoop: any EventLoop
    let receiveBuffer = ReceiveBuffer()
    let heartbeat: Heartbeat
    /// Plain HTTP on the WebSocket port.
    let http = HTTPServer()
    /// The peers of requests of HTTP.
    var peersWithoutSocket = PeersWithoutSocket()
    /// Whether there is the API of HTTP.
    private(set) var hasAPI: Bool
    /// Whether there are metrics, and who may read them.
    private(set) var metrics: MetricsConfiguration
    /// How many requests for metrics are being answered, for each account.
    var metricsInProgress: [AccountName: Int] = [:]
    /// The name of the daemon.
    let name: String
    /// The version of the daemon.
    let version: String
    /// When it was started.
    let startTime = Moment.now
    /// The web pages that may connect.
    private(set) var origins: OriginRule
    /// Whether peers on other machines may connect without encryption.
    private(set) var allowsPlaintext: Bool
    /// What peers of gateways may do that have not logged in.
    private(set) var anonymous: DaemonConfiguration.AnonymousAccess
    /// The users of peers with a certificate, by its subject.
    private(set) var subjects: [String: String]
    /// Who may forward the connections of others.
    private(set) var gateways: GatewayTable
    /// How many connections of gateways wait for their header.
    var openHandshakes = 0
    let authenticator: Authenticator
    /// The groups of peers on the unix socket, by the user and the groups that they run as.
    private(set) var grants: GrantTable
    /// The requests to authenticate that wait.
    var logins: LoginQueue<Bus.AuthenticationRequest>
    /// The timer of the next one of these that has to wait.
    var loginTimer: Scheduled<Void>?
    /// Which connections are accepted.
    var admission: Admission
    /// How many connections are open only to be refused.
    var refusedConnections = 0
    /// The limits of accounts that are configured.
    private(set) var accounts: AccountRules
    /// Says which user has opened the other end of a connection on this machine; `nil` if the system does not permit that.
    let socketOwners: SocketOwners?
    /// The peers that have not sent a message yet.
    let silence: SilenceWatch
    var listeners: [(channel: any Channel, file: SocketFile?)] = []
    /// Checks that the bus answers; `nil` if that is not configured.
    var watchdog: Watchdog?
    /// Reports the numbers of peers and elements; `nil` if that is not configured.
    var censusReporter: CensusReporter?

    /// Connections by `PeerID.index`.
    private(set) var connections: ContiguousArray<Connection?> = []
    private var withOutput: ContiguousArray<PeerID> = []
    /// Peers whose output waits for the next turn.
    private var late: ContiguousArray<PeerID> = []
    /// The peers that the bus reads from again.
    private var resumed: ContiguousArray<PeerID> = []
    private var pace: Pace
    private var isTurnEndScheduled = false
    private var isContinuationScheduled = false
    var stage = Stage.serving
    /// The timer that releases idle memory when a second passes without a turn; `nil` while there is none.
    private var memoryRelease: Scheduled<Void>?
    private var hadTurn = false
    private var wakeUp: (deadline: UInt64, task: Scheduled<Void>)?

    init(
        configuration: DaemonConfiguration, authenticator: Authenticator, access: AccessTables,
        socketOwners: SocketOwners?, logger: Logger, eventLoop: any EventLoop
    ) {
        self.authenticator = authenticator
        gateways = access.gateways
        grants = access.grants
        accounts = access.accounts
        self.socketOwners = socketOwners
        admission = Admission(total: configuration.connections, administrators: [0, geteuid()])
        logins = LoginQueue(firstDelay: UInt64(configuration.loginDelay) * 1_000_000)
        silence = SilenceWatch(
            limit: configuration.silence > 0 ? .milliseconds(Int64(configuration.silence)) : nil, eventLoop: eventLoop)
        var settings = configuration.bus
        settings.pathOwners = access.pathOwners
        settings.messageLimit = configuration.messageLimit
        bus = Bus(configuration: settings)
        pace = Pace(slice: settings.slice)
        self.logger = logger
        events = EventLog(logger)
        quotaEvents = EventLog(logger, bounds: .perMinute)
        self.eventLoop = eventLoop
        let interval = configuration.pingInterval
        heartbeat = Heartbeat(interval: interval > 0 ? .milliseconds(Int64(interval)) : nil, eventLoop: eventLoop)
        name = configuration.bus.name
        version = configuration.bus.version
        hasAPI = configuration.hasAPI
        metrics = configuration.metrics
        origins = configuration.origins
        allowsPlaintext = configuration.allowsPlaintext
        anonymous = configuration.anonymous
        subjects = configuration.subjects
    }

    /// Applies the settings that can change while the daemon runs. They apply to new connections.
    func adopt(_ configuration: DaemonConfiguration, _ access: AccessTables, _ files: WebFiles) {
        gateways = access.gateways
        grants = access.grants
        accounts = access.accounts
        bus.setPathOwners(access.pathOwners)
        origins = configuration.origins
        allowsPlaintext = configuration.allowsPlaintext
        anonymous = configuration.anonymous
        subjects = configuration.subjects
        hasAPI = configuration.hasAPI
        metrics = configuration.metrics
        http.files = files.keeping(http.files)
        closeInvalidLogins()
    }

    /// Keeps a listening channel, and its file if it has one, to close them when the daemon stops.
    func listen(on channel: any Channel, file: SocketFile?) {
        listeners.append((channel, file))
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            guard case .serving = self.stage else { return }
            self.logger.note(DaemonEvent.listenerLost, ["at": "\(file?.path ?? "TCP")"])
        }
    }

    // MARK: Connections

    func connect(_ connection: Connection) -> PeerID? {
        if case .closing = stage { return nil }
        let (id, login) = join(connection.identity, framing: connection.transport.framing)
        connections[id.index] = connection
        if let login { noteLogin(login, of: id) }
        return id
    }

    /// Connects a peer to the bus, with the rights and the limits of what the system knows of it.
    func join(_ identity: PeerIdentity, name: String? = nil, framing: Framing) -> (id: PeerID, login: KeyLogin?) {
        let granted = grants.isEmpty ? nil : identity.local.map(grants.groups(of:))
        let login = login(of: identity)
        let limits = login.map { accounts.entry(forLogin: $0.user) } ?? accounts.entry(for: identity.credentials)
        let permission: Permission =
            identity.forwarding == nil ? .all : anonymous == .read ? .read : Permission.none
        let id = bus.connect(
            groups: login?.groups ?? granted ?? Groups(), credentials: identity.credentials, user: login?.user,
            permission: permission, limits: limits.limits, name: name, framing: framing)
        makeRoom(for: id)
        return (id, login)
    }

    /// Extends `connections` to the index of a peer.
    func makeRoom(for id: PeerID) {
        while connections.count <= id.index { connections.append(nil) }
    }

    func connection(of id: PeerID) -> Connection? {
        connections.indices.contains(id.index) ? connections[id.index] : nil
    }

    func disconnect(_ id: PeerID) {
        // They are labelled with the peer, whose name is lost once it is gone.
        if bus.hasWarnings { logWarnings() }
        connections[id.index] = nil
        // When all connections close, no peer is left to notify.
        if case .closing = stage { return }
        bus.disconnect(id)
        scheduleTurnEnd()
    }

    // MARK: Turns

    /// Schedules `endTurn` after the events that the event loop has at hand.
    func scheduleTurnEnd() {
        hadTurn = true
        scheduleBareTurnEnd()
    }

    /// The same for a turn that leaves no memory worth releasing.
    func scheduleBareTurnEnd() {
        guard !isTurnEndScheduled else { return }
        isTurnEndScheduled = true
        eventLoop.assumeIsolated().execute { self.endTurn() }
    }

    /// Writes to each peer that has output, once. Output that this produces is left to the next turn, so that one peer
    /// with a long snapshot does not delay the others.
    func endTurn() {
        isTurnEndScheduled = false
        if hadTurn, memoryRelease == nil { scheduleMemoryRelease() }
        bus.takePeersWithOutput(into: &withOutput)
        writeOutput()
        if bus.hasAuthenticationRequests { enqueueAuthentications() }
        if bus.hasWarnings { logWarnings() }
        if bus.hasOutput || bus.hasWork || !late.isEmpty { scheduleContinuation() }
        scheduleWakeUp()
        if censusReporter != nil { reportCensus() }
        if case .draining = stage { continueDrain() }
    }

    /// Writes to the peers that have output, and then to those that could not be written to in the last turn.
    ///
    /// What can be written in a turn is bounded: after that, peers with much output wait for the next turn. Little output,
    /// such as a response, is always written.
    private func writeOutput() {
        var room = Self.turnOutput
        let waiting = late
        late.removeAll(keepingCapacity: true)
        for id in waiting {
            guard let connection = connection(of: id), connection.isLate else { continue }
            connection.isLate = false
            write(to: connection, id, &room)
        }
        for id in withOutput {
            if let connection = connections[id.index] {
                if !connection.isLate { write(to: connection, id, &room) }
            } else {
                takeOutputWithoutConnection(of: id)
            }
        }
    }

    private func write(to connection: Connection, _ id: PeerID, _ room: inout Int) {
        let size = bus.outputSize(of: id)
        guard size < Self.smallOutput || room > 0 || bus.isClosing(id) else {
            connection.isLate = true
            return late.append(id)
        }
        room -= size
        connection.write()
    }

    /// How much output is written in a turn, in bytes, until peers with more than `smallOutput` wait.
    private static let turnOutput = 1 << 20
    private static let smallOutput = 4 << 10

    /// Schedules another `endTurn` after the sockets had their turn. The event loop reads from no socket while it has tasks
    /// to run, hence the delay.
    private func scheduleContinuation() {
        guard !isContinuationScheduled else { return }
        isContinuationScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: .microseconds(50)) {
            self.isContinuationScheduled = false
            self.hadTurn = true
            let now = NIODeadline.now().uptimeNanoseconds
            self.bus.expire(at: now)
            if self.bus.hasWork { self.proceed(at: now) }
            self.endTurn()
        }
    }

    /// Continues work of the bus that was cut.
    private func proceed(at now: UInt64) {
        bus.proceed(at: now, resuming: &resumed)
        pace.note(work: bus.turnWork, from: now, to: NIODeadline.now().uptimeNanoseconds)
        bus.slice = pace.slice
        for id in resumed { connection(of: id)?.continueReading(id) }
    }

    private func scheduleMemoryRelease() {
        hadTurn = false
        memoryRelease = eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
            self.memoryRelease = nil
            if self.hadTurn { return self.scheduleMemoryRelease() }
            self.bus.releaseIdleMemory()
        }
    }

    /// Takes a peer's output as a buffer for NIO.
    func takeOutput(of id: PeerID) -> ByteBuffer? {
        var output: ByteBuffer?
        bus.withOutput(of: id) { output = ByteBuffer(bytes: $0) }
        return output
    }

    // MARK: Deadlines

    /// Schedules one timer for the earliest deadline. It is not cancelled when that request is answered before, as nearly
    /// all are: it then fires without effect and is set once for all deadlines that were added meanwhile.
    private func scheduleWakeUp() {
        guard let deadline = bus.nextDeadline else { return }
        if case .closing = stage { return }
        if let wakeUp, wakeUp.deadline <= deadline { return }
        wakeUp?.task.cancel()
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(deadline)) { self.wake() }
        wakeUp = (deadline, task)
    }

    private func wake() {
        wakeUp = nil
        hadTurn = true
        bus.expire(at: NIODeadline.now().uptimeNanoseconds)
        endTurn()
    }

    /// Cancels all timers.
    func cancelTimers() {
        wakeUp?.task.cancel()
        memoryRelease?.cancel()
        loginTimer?.cancel()
    }
}
