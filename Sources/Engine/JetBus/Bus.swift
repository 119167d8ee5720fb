import JSONText
public import JetProtocol

/// The *bus*: the daemon without sockets, clocks and threads.
///
/// A shell passes it the messages of peers, together with the time; the bus leaves the bytes for peers in their outboxes.
/// One turn of the shell's loop is:
///
///     bus.receive(message, from: peer, at: now)          // for each message
///     bus.expire(at: now)                                // when `nextDeadline` has passed, and before written output
///                                                        // makes room for more
///     bus.takePeersWithOutput(into: &peers)              // once, at the end of the turn
///     for peer in peers { bus.withOutput(of: peer) { write($0) } }
///     bus.proceed(at: now, resuming: &peers)             // while `hasWork`, when the sockets have had their turn
///
/// Given the same calls with the same times and the same seed, a bus always does the same. It is made for one thread.
///
/// The bus is only the door: it owns its parts and passes calls on to them. Each part keeps its state private and knows
/// only the parts that its initializer takes:
///
/// - `Table/`: the elements (`ElementTable`), and what owners do with them (`ElementRequests`);
/// - `Fetching/`: the fetchers (`FetcherTable`), how they are notified (`Notifier`, `SortedWindows`, `DeferredFetches`,
///   `Snapshots`), and `FetchRequests`;
/// - `Delivery/`: outboxes, conflation, and all limits of a peer's output (`Delivery`);
/// - `Routing/`: requests to owners and their answers (`Router`);
/// - `Peers/`: the peers (`PeerTable`), who they are (`Authenticator`), `SessionRequests`;
/// - `Accounts/`: who is charged, and quotas;
/// - `Work/`: how time is divided (`Scheduler`), and requests that take several turns (`Job`);
/// - `Messages/`: parsing and dispatch, which are extensions of `Bus`.
public final class Bus {
    let configuration: Configuration
    let clock = Clock()
    let warnings = PeerWarnings()
    let accounts: AccountTable
    let peers: PeerTable
    let delivery: Delivery
    let elements: ElementTable
    let fetchers: FetcherTable
    let windows: SortedWindows
    let deferred: DeferredFetches
    let elementRequests: ElementRequests
    let fetchRequests: FetchRequests
    let sessionRequests: SessionRequests
    let router: Router
    let authenticator: Authenticator
    let pathOwners: PathOwners
    let departures: Departures
    let scheduler: Scheduler
    let jobs: Jobs
    let notifier: Notifier
    let postponement: Postponement
    private let timers = FetchTimers()

    // What `Messages/` needs to parse one message.

    /// The parts of the message that is being handled.
    let parts = UnsafeMutablePointer<MessageParts>.allocate(capacity: 1)
    var batch = MessageBatch()
    var decoder = InputDecoder()

    /// A bus without peers.
    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        accounts = AccountTable(configuration.quotas)
        peers = PeerTable(accounts, outboxLimit: configuration.outboxLimit)
        scheduler = Scheduler(slice: configuration.slice)
        jobs = Jobs(scheduler, workLimit: configuration.workLimit)
        delivery = Delivery(configuration, accounts, warnings)
        postponement = Postponement(delivery, accounts, pendingBytesLimit: configuration.pendingBytesLimit)
        elements = ElementTable(accounts, seed: configuration.seed)
        fetchers = FetcherTable(accounts, seed: configuration.seed)
        pathOwners = PathOwners(configuration.pathOwners)
        windows = SortedWindows(delivery, timers, clock, scheduler)
        deferred = DeferredFetches(delivery, windows, timers, clock)
        notifier = Notifier(fetchers, delivery, windows, deferred, scheduler, Backlog(fetchers, scheduler))
        let snapshots = Snapshots(
            elements, fetchers, delivery, deferred, scheduler, workLimit: configuration.workLimit)
        elementRequests = ElementRequests(
            elements, fetchers, notifier, snapshots, delivery, peers, accounts, pathOwners)
        fetchRequests = FetchRequests(
            elements, fetchers, delivery, snapshots, windows, timers, scheduler, jobs, accounts,
            walkLimit: configuration.walkLimit)
        sessionRequests = SessionRequests(delivery, configuration)
        router = Router(elements, delivery, accounts, warnings, clock, configuration)
        authenticator = Authenticator(delivery, accounts, configuration)
        departures = Departures(router, fetchRequests, elementRequests, scheduler, accounts)
        parts.initialize(to: MessageParts())
    }

    deinit {
        parts.deinitialize(count: 1)
        parts.deallocate()
    }

    // MARK: Peers

    /// A peer has connected.
    ///
    /// - Parameters:
    ///   - groups: Its groups before it authenticates, or those of `user`. A stranger has none.
    ///   - credentials: What the system knows of it.
    ///   - user: The user as which it has logged in by connecting, such as by its key; `nil` for none.
    ///   - permission: What it may do as long as it has not logged in.
    ///   - limits: The limits that are configured for its account.
    ///   - name: What it is called until it gives itself another name.
    ///   - framing: How the messages in its output are delimited.
    public func connect(
        groups: Groups = Groups(), credentials: Credentials = Credentials(), user: String? = nil,
        permission: Permission = .all, limits: Quotas.Limits = Quotas.Limits(), name: String? = nil,
        framing: Framing = .lengthPrefixed
    ) -> PeerID {
        let permission = user == nil ? permission : .all
        var identity = Identity(name: name, user: user, credentials: credentials)
        if permission == .all { identity.groups = groups }
        let peer = peers.connect(identity, limits: limits, framing: framing, isProbe: false)
        peer.permission = permission
        return peer.id
    }

    /// A peer's connection has ended: its elements are removed, requests to it fail, its fetches end.
    public func disconnect(_ id: PeerID) {
        guard let peer = peer(id) else { return }
        delivery.close(peer)
        peer.job?.job.cancel()
        peer.job = nil
        _ = postponement.takeTexts(of: peer)
        authenticator.cancel(of: peer)
        departures.begin(peer)
        delivery.discardOutput(of: peer)
        peers.remove(peer)
    }

    /// Sends a peer an error, and closes it once that is written.
    public func refuse(_ id: PeerID, with error: ErrorObject) {
        guard let peer = peer(id), !peer.output.isClosing else { return }
        delivery.respond(to: peer, id: nil, error: error)
        delivery.close(peer)
    }

    /// A peer sends nothing more: it is closed once its requests are answered, its snapshots are complete, and its output
    /// is written.
    public func endInput(of id: PeerID) {
        guard let peer = peer(id) else { return }
        peer.hasEndedInput = true
        delivery.closeIfServed(peer)
    }

    func peer(_ id: PeerID) -> Peer? { peers[id] }

    // MARK: Output

    /// Whether some peer has output, or is to be closed, since `takePeersWithOutput`.
    public var hasOutput: Bool { delivery.hasOutput || !accounts.overdrawn.isEmpty }

    /// Returns the peers that have output or are to be closed since the last call, each once.
    ///
    /// - Parameter list: Emptied first; its memory is used again.
    ///
    /// This ends a turn.
    public func takePeersWithOutput(into list: inout ContiguousArray<PeerID>) {
        scheduler.endTurn()
        if !accounts.overdrawn.isEmpty { closeOverdrawn() }
        delivery.takePeers(into: &list)
    }

    /// Closes the peers whose fetches take more memory than their accounts may use.
    @inline(never)
    private func closeOverdrawn() {
        for peer in accounts.takeOverdrawn() where !peer.isDeparting {
            delivery.close(peer, because: accounts.refusal(of: .bytes, to: peer.account))
        }
    }

    /// How many bytes wait for a peer.
    public func outputSize(of id: PeerID) -> Int { peer(id)?.output.count ?? 0 }

    /// Hands over the bytes that wait for a peer; its outbox is empty afterwards.
    ///
    /// - Returns: Whether there were any.
    @discardableResult
    public func withOutput(of id: PeerID, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        guard let peer = peer(id) else { return false }
        // To copy them to the kernel is work, too.
        scheduler.charge(peer, peer.output.count / 8)
        return delivery.withOutput(of: peer, body)
    }

    /// The bytes that were handed over are written: the peer gets more of what waits for it.
    ///
    /// - Returns: Whether there is more in its outbox. Then `takePeersWithOutput` returns the peer, even if it did before
    ///   the bytes were written.
    public func outputWritten(of id: PeerID) -> Bool {
        guard let peer = peer(id), !peer.output.isClosing else { return false }
        delivery.outputWritten(of: peer)
        fetchRequests.resume(peer)
        delivery.closeIfServed(peer)
        guard peer.output.count > 0 else { return false }
        delivery.enqueue(peer)
        return true
    }

    /// Whether a peer's messages should not be read for now: it does not read its own, one of its requests is not done, or
    /// its account has used up its time in this turn.
    public func isPaused(_ id: PeerID) -> Bool {
        peer(id).map { $0.output.isPaused || $0.mustWait } ?? false
    }

    /// Whether a peer's connection is to be closed when its output is written.
    public func isClosing(_ id: PeerID) -> Bool { peer(id)?.output.isClosing ?? true }

    /// Frees the memory that is kept for the next turn. The shell calls it when it has been idle for some time.
    public func releaseIdleMemory() {
        delivery.releaseIdleMemory()
        decoder = InputDecoder()
        parts.pointee.decodedPath = RawBuffer()
    }

    // MARK: Time

    /// When `expire` has something to do, in nanoseconds; `nil` while nothing waits.
    public var nextDeadline: UInt64? {
        guard let request = router.nextDeadline, let fetcher = timers.nextDeadline else {
            return router.nextDeadline ?? timers.nextDeadline
        }
        return min(request, fetcher)
    }

    /// Fails the requests whose deadlines have passed, and sends what fetchers with an `interval` held. It may be called at
    /// any time, to pass the time.
    ///
    /// - Parameter now: The time in nanoseconds, by a clock that never goes back.
    public func expire(at now: UInt64) {
        clock.advance(to: now)
        router.expire(at: clock.now)
        deferred.sendExpired()
    }
}
