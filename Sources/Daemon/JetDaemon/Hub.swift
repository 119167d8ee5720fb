import DocumentedEvents
import JetBus
import JetProtocol
import Logging
import NIOCore
import NIOPosix

/// What ties the bus to the event loop: it collects what one turn of the loop does to the peers, writes to each of them
/// once at the turn's end, and wakes the bus at its deadlines. Lives on the loop.
final class Hub {
    let bus: Bus
    let logger: Logger
    /// What peers can bring about, of which no more is logged than somebody can read.
    let events: EventLog
    let eventLoop: any EventLoop
    let receiveBuffer = ReceiveBuffer()
    let heartbeat: Heartbeat
    /// What the daemon is called.
    let name: String
    /// Which pages may connect.
    private(set) var origins: OriginRule
    /// Whether peers of other machines may connect without encryption.
    private(set) var allowsPlaintext: Bool
    let examiner: Examiner
    /// What peers on the unix socket may do because of who runs them.
    private(set) var grants: GrantTable
    /// What the bus wants to know, and whether the examiner is at the one before.
    var questions = CircularBuffer<Bus.AuthenticationRequest>()
    var isExamining = false
    var listeners: [(channel: any Channel, file: SocketFile?)] = []
    /// Who asks whether the bus still answers; `nil` if nobody wants to know.
    var watchdog: Watchdog?
    /// Who is told how many there are; `nil` if nobody wants to know.
    var onlooker: Onlooker?

    /// Connections by `PeerID.index`.
    private(set) var connections: ContiguousArray<Connection?> = []
    private var withOutput: ContiguousArray<PeerID> = []
    private var isTurnEndScheduled = false
    private var isContinuationScheduled = false
    var stage = Stage.serving
    /// Gives idle memory back, once there was no turn between two of its beats; `nil` while none is kept.
    private var memoryRelease: Scheduled<Void>?
    private var hadTurn = false
    private var wakeUp: (deadline: UInt64, task: Scheduled<Void>)?

    init(
        configuration: DaemonConfiguration, examiner: Examiner, grants: GrantTable, logger: Logger,
        eventLoop: any EventLoop
    ) {
        self.examiner = examiner
        self.grants = grants
        var settings = configuration.bus
        settings.messageLimit = configuration.messageLimit
        bus = Bus(configuration: settings)
        self.logger = logger
        events = EventLog(logger)
        self.eventLoop = eventLoop
        let interval = configuration.pingInterval
        heartbeat = Heartbeat(interval: interval > 0 ? .milliseconds(Int64(interval)) : nil, eventLoop: eventLoop)
        name = configuration.bus.name
        origins = configuration.origins
        allowsPlaintext = configuration.allowsPlaintext
    }

    /// Takes up what of a configuration can change while the daemon runs. It is for those who come from now on.
    func adopt(_ configuration: DaemonConfiguration, _ grants: GrantTable) {
        self.grants = grants
        origins = configuration.origins
        allowsPlaintext = configuration.allowsPlaintext
    }

    /// Takes a channel that listens, and its file if it has one, so that they end with the daemon.
    func listen(on channel: any Channel, file: SocketFile?) {
        listeners.append((channel, file))
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            guard case .serving = self.stage else { return }
            self.logger.note(DaemonEvent.listenerLost, ["at": "\(file?.path ?? "TCP")"])
        }
    }

    // MARK: Connections

    func connect(_ connection: Connection, _ credentials: PeerCredentials?) -> PeerID? {
        if case .closing = stage { return nil }
        let groups = grants.isEmpty ? nil : credentials.map(grants.groups(of:))
        let id = bus.connect(
            groups: groups ?? Groups(), credentials: Credentials(userID: credentials?.user),
            framing: connection.transport.framing)
        makeRoom(for: id)
        connections[id.index] = connection
        return id
    }

    /// Sees to it that there is a place for a peer's connection, if only an empty one.
    func makeRoom(for id: PeerID) {
        while connections.count <= id.index { connections.append(nil) }
    }

    func connection(of id: PeerID) -> Connection? {
        connections.indices.contains(id.index) ? connections[id.index] : nil
    }

    func disconnect(_ id: PeerID) {
        // Afterwards nobody knows any more who it was.
        if bus.hasWarnings { noteIncidents() }
        connections[id.index] = nil
        // When all leave, nobody is left to be told.
        if case .closing = stage { return }
        bus.disconnect(id)
        scheduleTurnEnd()
    }

    // MARK: Turns

    /// Sees to it that `endTurn` comes when all that has arrived now is handled.
    func scheduleTurnEnd() {
        hadTurn = true
        scheduleBareTurnEnd()
    }

    /// The same for a turn that leaves no memory behind which would be worth a look.
    func scheduleBareTurnEnd() {
        guard !isTurnEndScheduled else { return }
        isTurnEndScheduled = true
        eventLoop.assumeIsolated().execute { self.endTurn() }
    }

    /// Writes to each peer that has got something, once. What that brings forth is for the next turn, so that one peer
    /// with a long snapshot does not keep the others waiting.
    func endTurn() {
        isTurnEndScheduled = false
        if hadTurn, memoryRelease == nil { scheduleMemoryRelease() }
        bus.takePeersWithOutput(into: &withOutput)
        for id in withOutput {
            if let connection = connections[id.index] { connection.write() } else { takeProbeAnswer(of: id) }
        }
        if bus.hasAuthenticationRequests { takeQuestions() }
        if bus.hasWarnings { noteIncidents() }
        if bus.hasOutput { scheduleContinuation() }
        scheduleWakeUp()
        if onlooker != nil { tellCensus() }
        if case .draining = stage { continueDrain() }
    }

    /// Sees to it that `endTurn` comes again, after others had their turn. The loop reads from no socket while there are
    /// tasks that it could run, so this one is for a moment later.
    private func scheduleContinuation() {
        guard !isContinuationScheduled else { return }
        isContinuationScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: .microseconds(50)) {
            self.isContinuationScheduled = false
            self.hadTurn = true
            self.bus.expire(at: NIODeadline.now().uptimeNanoseconds)
            self.endTurn()
        }
    }

    private func scheduleMemoryRelease() {
        hadTurn = false
        memoryRelease = eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
            self.memoryRelease = nil
            if self.hadTurn { return self.scheduleMemoryRelease() }
            self.bus.releaseIdleMemory()
        }
    }

    /// A peer's output in a buffer for NIO.
    func takeOutput(of id: PeerID) -> ByteBuffer? {
        var output: ByteBuffer?
        bus.withOutput(of: id) { output = ByteBuffer(bytes: $0) }
        return output
    }

    // MARK: Deadlines

    /// One timer for the earliest deadline. It is left alone when that deadline is met early, as nearly all are: then it
    /// fires for nothing and is set anew, once for all that came in the meantime.
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

    /// Nothing is due any more.
    func cancelTimers() {
        wakeUp?.task.cancel()
        memoryRelease?.cancel()
    }
}
