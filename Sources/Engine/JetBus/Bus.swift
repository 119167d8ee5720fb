import JSONText
public import JetProtocol

/// The *bus*: what the daemon does, without the daemon.
///
/// It holds the elements, the fetchers and the requests that wait for an answer, and it knows neither sockets nor clocks
/// nor threads. A shell hands it the messages that came from a peer, together with the time; it leaves what is to be
/// written in the peers' outboxes. So a turn of the shell's loop is:
///
///     bus.receive(message, from: peer, at: now)          // for each message that came
///     bus.expire(at: now)                                // when `nextDeadline` has passed, and before output that is
///                                                        // written brings forth more
///     bus.takePeersWithOutput(into: &peers)              // once, at the end of the turn
///     for peer in peers { bus.withOutput(of: peer) { write($0) } }
///
/// Given the same calls with the same times and the same seed, a bus does the same, always. It is made for one thread.
public final class Bus {
    /// What can be chosen about a bus.
    public struct Configuration: Sendable {
        /// What `info` says the daemon is called.
        public var name = "jetd"
        /// What `info` says its version is.
        public var version = "0"
        /// How long an owner has for its answer when neither the request nor the element says, in nanoseconds.
        public var defaultTimeout: UInt64 = 5_000_000_000
        /// From how many bytes on an outbox counts as full: then notifications are conflated, and the peer is not read
        /// until it has read.
        public var outboxLimit = 4 << 20
        /// With how many bytes in its outbox a peer is closed that goes on asking and does not read.
        public var outboxCeiling: Int { outboxLimit > .max / 8 ? .max : outboxLimit * 8 }
        /// How many bytes of a snapshot are rendered in one go.
        public var snapshotChunk = 512 << 10
        /// How many requests of one peer may wait for an answer.
        public var pendingRequestLimit = 65_536
        /// How many bytes these requests may have in all.
        public var pendingBytesLimit = 64 << 20
        /// How long a message may be in JSON, in bytes, if it comes in another encoding.
        public var messageLimit = 16 << 20
        /// Whether there are users: else nobody is one, and nothing is asked.
        public var hasUsers = false
        /// How many questions may wait for a verdict.
        public var openQuestionLimit = 256
        /// How many elements the gets of one message may walk over in all, for they hold everybody up: when there were as
        /// many, no other get of the batch is answered.
        public var walkLimit = 4 << 20
        /// How many texts in a row may fail to parse before the peer is closed.
        public var parseErrorLimit = 16
        /// The key of the hash tables: random in a daemon, fixed in a test.
        public var seed: UInt64 = 0

        /// The defaults.
        public init() {}
    }

    /// What a bus has done and holds.
    public struct Statistics: Hashable, Sendable {
        /// Connected peers.
        public var peers = 0
        /// Those of them that do not keep up: their notifications are conflated.
        public var slowPeers = 0
        /// States and Methods.
        public var elements = 0
        /// Active fetchers.
        public var fetchers = 0
        /// Requests that wait for an owner's answer.
        public var pendingRequests = 0
        /// Bytes that wait in all outboxes.
        public var waitingBytes = 0
        /// Messages that came.
        public var messages: UInt64 = 0
        /// Notifications of fetchers, those that were conflated away included.
        public var notifications: UInt64 = 0
        /// Notifications that a newer one replaced before a slow peer had read them.
        public var conflated: UInt64 = 0
        /// Notifications that a newer one replaced before the `interval` of their fetch was over.
        public var paced: UInt64 = 0
        /// Answers that came too late, twice, or from somebody who was not asked.
        public var droppedAnswers: UInt64 = 0

        /// A bus that has done nothing yet.
        public init() {}
    }

    let configuration: Configuration
    var elements: ElementTable
    var index: FetchIndex
    var requests = RequestTable()
    var counters = Statistics()

    /// Peers by `PeerID.index`, each retained once: the hot path counts no references.
    var peers: ContiguousArray<Unmanaged<Peer>?> = []
    var vacantPeers: [Int] = []
    var dirtyPeers: ContiguousArray<Peer> = []
    var outboxes = OutboxPool()

    /// Fetchers by `Fetcher.slot`, each retained once: the hot path walks here and counts no references.
    var fetchers: ContiguousArray<Unmanaged<Fetcher>?> = []
    var vacantFetchers: [Int] = []
    /// How many entries of all `InterestSet`s name an active fetcher, and how many an inactive one.
    var liveInterests = 0
    var deadInterests = 0

    /// Questions that nobody has taken yet, and the serials of all that have no verdict yet.
    var questions: ContiguousArray<Question> = []
    var openQuestions: Set<UInt64> = []

    /// What nobody has been told yet.
    var incidents: ContiguousArray<Incident> = []
    /// Who has used a quota up, if that is not the one who is refused for it.
    var culprit: Peer?

    var serial: UInt64 = 0
    /// How many elements the gets of the message that is being handled have walked over.
    var walked = 0
    /// The newest time that was handed in, in nanoseconds.
    var now: UInt64 = 0
    /// Fetchers that have something to tell later.
    var agenda = Agenda()
    /// The parts of the message that is being handled.
    let parts = UnsafeMutablePointer<Message>.allocate(capacity: 1)
    /// The members of its params.
    var params = JSONMembers()
    /// The path that it names, if it holds escapes.
    var decodedPath = RawBuffer()
    var batch: ContiguousArray<ByteRange> = []
    var scratch = RawBuffer()
    var transcoder = Transcoder()

    /// A bus without peers.
    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        elements = ElementTable(seed: configuration.seed)
        // Of the same seed, so that the hash of a path serves both.
        index = FetchIndex(seed: configuration.seed)
        parts.initialize(to: Message())
    }

    deinit {
        for fetcher in fetchers { fetcher?.release() }
        for peer in peers { peer?.release() }
        parts.deallocate()
    }

    // MARK: Peers

    /// A peer has connected.
    ///
    /// - Parameters:
    ///   - groups: What it may do, from what is known of it without its own word.
    ///   - credentials: What the system knows of it.
    ///   - framing: How the messages in its output are told apart.
    public func connect(
        groups: Groups = Groups(), credentials: Credentials = Credentials(), framing: Framing = .lengthPrefixed
    ) -> PeerID {
        let index = vacantPeers.popLast() ?? peers.count
        let peer = Peer(
            id: PeerID(index: index), groups: groups, credentials: credentials, framing: framing,
            outboxLimit: configuration.outboxLimit)
        // The table's own reference, until the peer is gone.
        let reference = Unmanaged.passRetained(peer)
        if index == peers.count { peers.append(reference) } else { peers[index] = reference }
        counters.peers += 1
        return peer.id
    }

    /// A peer's connection has ended: what it owned is removed, what was asked of it is answered, what it fetched ends.
    public func disconnect(_ id: PeerID) {
        guard let peer = peer(id) else { return }
        peer.isClosing = true
        peer.snapshots = []
        // The last one first, as it stands last in all lists.
        for fetcher in peer.fetchers.inOrder.reversed() { end(fetcher) }
        for request in requests.requests(to: peer) {
            let error = ErrorObject.ownerGone(Array(request.quotedPath))
            answer(request, with: error)
        }
        requests.forget(caller: peer)
        forgetQuestion(of: peer)
        let owned = peer.owned.map { $0.takeUnretainedValue() }
        for element in owned.sorted(by: { $0.serial < $1.serial }) { take(out: element, by: nil) }
        if peer.isDirty { dirtyPeers.removeAll { $0 === peer } }
        peer.outbox.clear(into: &outboxes)
        peers[id.index]?.release()
        peers[id.index] = nil
        vacantPeers.append(id.index)
        if !peer.isProbe { counters.peers -= 1 }
        packIfSparse()
    }

    /// Tells a peer why and closes it, once that is written.
    public func refuse(_ id: PeerID, with error: ErrorObject) {
        guard let peer = peer(id), !peer.isClosing else { return }
        respond(to: peer, id: nil, error: error)
        peer.isClosing = true
    }

    func refuse(_ peer: Peer, with error: ErrorObject) {
        guard !peer.isClosing else { return }
        note(error, of: peer, isClosed: true)
        refuse(peer.id, with: error)
    }

    /// A peer has said its last word: it is closed once its requests are answered, its snapshots are complete, and all
    /// that is written.
    public func endInput(of id: PeerID) {
        guard let peer = peer(id) else { return }
        peer.hasEndedInput = true
        closeIfServed(peer)
    }

    /// Closes a peer that has said its last word, once nothing is owed to it.
    func closeIfServed(_ peer: Peer) {
        guard peer.hasEndedInput, !peer.isClosing, peer.pendingRequests == 0, peer.snapshots.isEmpty,
            !peer.isConflating, peer.staleWindows.isEmpty, peer.inquiry == nil
        else { return }
        peer.isClosing = true
        markDirty(peer)
    }

    /// What a peer calls itself, if it said so.
    public func name(of id: PeerID) -> String? { peer(id)?.name }

    func peer(_ id: PeerID) -> Peer? {
        guard peers.indices.contains(id.index) else { return nil }
        return peers[id.index]?.takeUnretainedValue()
    }

    // MARK: Output

    /// Whether some peer has got something to be written or to be closed since `takePeersWithOutput`.
    public var hasOutput: Bool { !dirtyPeers.isEmpty }

    /// Names the peers that have got something to be written or to be closed since this was last called, each once.
    ///
    /// - Parameter list: Emptied first; its memory is used again.
    public func takePeersWithOutput(into list: inout ContiguousArray<PeerID>) {
        list.removeAll(keepingCapacity: true)
        for peer in dirtyPeers {
            peer.isDirty = false
            list.append(peer.id)
        }
        dirtyPeers.removeAll(keepingCapacity: true)
    }

    /// Hands over the bytes that wait for a peer, as they are to be written; the outbox is empty afterwards.
    ///
    /// - Returns: Whether there were any.
    @discardableResult
    public func withOutput(of id: PeerID, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        guard let peer = peer(id), !peer.outbox.isEmpty else { return false }
        encodeOutput(of: peer)
        body(peer.outbox.bytes)
        peer.outbox.clear(into: &outboxes)
        return true
    }

    /// Gives back the memory that is kept for the next turn, because none comes soon.
    public func releaseIdleMemory() {
        outboxes.empty()
        scratch = RawBuffer()
        decodedPath = RawBuffer()
        transcoder = Transcoder()
    }

    /// What was handed over is written: the peer keeps up, and gets more of what waits.
    ///
    /// - Returns: Whether there is more in its outbox. Then it is among those that `takePeersWithOutput` names, even if
    ///   it was named before what was handed over was written.
    public func outputWritten(of id: PeerID) -> Bool {
        guard let peer = peer(id), !peer.isClosing else { return false }
        peer.isPaused = peer.outbox.count >= configuration.outboxLimit
        continueNotifying(peer)
        closeIfServed(peer)
        guard !peer.outbox.isEmpty else { return false }
        markDirty(peer)
        return true
    }

    /// Whether a peer's messages are better left unread for now: it does not read its own, or who it is must be found
    /// out first.
    public func isPaused(_ id: PeerID) -> Bool { peer(id).map { $0.isPaused || $0.inquiry != nil } ?? false }

    /// Whether a peer's connection is to be closed when its output is written.
    public func isClosing(_ id: PeerID) -> Bool { peer(id)?.isClosing ?? true }

    /// The peer has got output.
    @inline(__always)
    func markDirty(_ peer: Peer) {
        if !peer.isDirty { noteDirty(peer) }
    }

    @inline(never)
    private func noteDirty(_ peer: Peer) {
        peer.isDirty = true
        dirtyPeers.append(peer)
        if peer.outbox.isEmpty { peer.outbox.borrow(from: &outboxes) }
    }

    // MARK: Time

    /// When `expire` has something to do, in nanoseconds; `nil` while nothing waits.
    public var nextDeadline: UInt64? {
        guard let request = requests.nextDeadline, let fetcher = agenda.nextDeadline else {
            return requests.nextDeadline ?? agenda.nextDeadline
        }
        return min(request, fetcher)
    }

    /// Gives up the requests whose deadlines have passed, and tells what fetchers with an `interval` had to wait for. It
    /// may be called at any time, to say what time it is.
    ///
    /// - Parameter now: The time in nanoseconds, by a clock that never goes back.
    public func expire(at now: UInt64) {
        while let request = requests.expired(at: now) {
            answer(request, with: .responseTimeout(Array(request.params)))
        }
        self.now = max(self.now, now)
        tellDue()
    }
}
