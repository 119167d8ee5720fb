import JetProtocol

/// Names a peer of a `Bus`. It may name another peer after `Bus.disconnect`.
public struct PeerID: Hashable, Sendable {
    /// A small number: peers are numbered densely, so that an array can be indexed by it.
    public let index: Int
}

/// A *peer* as the bus knows it: one connection, what it owns, what it fetches, and its output.
///
/// The `PeerTable` retains each peer from `connect` to `disconnect`. Elements and fetchers refer to their peer without
/// retaining it: `Bus.disconnect` removes all of them before the table releases the peer.
final class Peer {
    let id: PeerID
    /// Who it is.
    var identity: Identity.Box
    /// What it may do as long as it has not logged in.
    var permission = Permission.all
    /// Who is charged for it.
    var account: Account { didSet { accountReference = .passUnretained(account) } }
    /// The same for what happens with each message, which then counts no references.
    private(set) var accountReference: Unmanaged<Account>
    /// What it is charged for; `AccountTable` keeps it.
    var usage = Quotas(all: 0)
    /// How many messages it has sent.
    var messages: UInt64 = 0
    /// How many of them its account has counted.
    var settledMessages: UInt64 = 0
    /// How many of its notifications were replaced by newer ones before it had read them.
    var conflated: UInt64 = 0
    /// How many of its requests were refused because of a limit.
    var refused: UInt64 = 0
    /// Its request to authenticate or to change a password that has no result yet; until then its messages wait.
    var authentication: PendingAuthentication? { didSet { updateMustWait() } }
    /// Its request that takes longer than a slice; until it is done its messages wait.
    var job: PendingJob? { didSet { updateMustWait() } }
    /// Whether its messages wait for the next turn, because its account is spent.
    var hasYielded = false { didSet { updateMustWait() } }
    /// What it has sent while its messages waited, in order. Only `Postponement` changes it.
    var postponed: [PostponedText] = [] { didSet { updateMustWait() } }
    /// Whether it is in the queue of the `Scheduler`.
    var isScheduled = false
    /// The work that its account is not charged for yet; see `Scheduler`.
    var unbilledWork = 0
    /// The turn in which it last was charged for work, and the work in this turn.
    var turn: UInt64 = 0
    var turnWork = 0
    /// The work that its account was charged for.
    var work: UInt64 = 0
    /// Whether it is disconnected, and its elements are being removed.
    var isDeparting = false
    /// What waits to be written to it. Only `Delivery` can change it.
    var output: PeerOutput
    /// Its elements, in no order; `Element.ownedPlace` says where each one is. `ElementTable` keeps the list.
    var owned: ContiguousArray<Unmanaged<Element>> = []
    var fetchers = FetcherSet()
    /// Its sorted fetchers whose windows must be sent as a whole, because the outbox was full.
    var staleWindows: [Fetcher] = []
    /// Its fetchers whose snapshots are not complete, in the order in which they began.
    var snapshots: [Fetcher] = []
    /// Whether it was connected by `Bus.connectProbe`. A probe is not counted.
    let isProbe: Bool
    /// Whether it sends nothing more, but may still read.
    var hasEndedInput = false
    /// How many texts in a row could not be parsed.
    var parseErrors: Int32 = 0
    /// How many bytes are kept for them.
    var pendingBytes = 0
    /// Requests of other peers that it has not answered yet.
    var owedAnswers: Int32 = 0

    init(
        id: PeerID, _ identity: Identity = Identity(), framing: Framing = .lengthPrefixed, outboxLimit: Int = .max,
        isProbe: Bool = false, account: Account = Account(.unknown, Quotas.Limits())
    ) {
        self.id = id
        self.account = account
        accountReference = .passUnretained(account)
        self.isProbe = isProbe
        self.identity = identity == Identity() ? .unknown : Identity.Box(identity)
        output = PeerOutput(framing: framing, limit: outboxLimit)
    }

    /// How many of its own requests other peers have not answered yet.
    @inline(__always)
    var pendingRequests: Int { usage.pendingRequests }

    /// Whether it does not read as fast as it is notified.
    var isSlow: Bool { output.isConflating || !staleWindows.isEmpty }

    /// Whether notifications wait for it outside of its outbox.
    var hasOutputToResume: Bool { !snapshots.isEmpty || isSlow }

    /// Whether its messages wait, because one before them is not done or waits, or its account is spent.
    private(set) var mustWait = false

    private func updateMustWait() {
        mustWait = hasYielded || authentication != nil || job != nil || !postponed.isEmpty
    }

    /// Whether everything that it asked for has been put into its outbox.
    var isServed: Bool {
        pendingRequests == 0 && snapshots.isEmpty && !output.isConflating && staleWindows.isEmpty
            && !mustWait
    }
}
