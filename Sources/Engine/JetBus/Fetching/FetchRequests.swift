import JSONText
import JetProtocol

/// `fetch`, `unfetch`, `moveWindow`, `get` and `branches` (jet-protocol(7) §2 and §4), and the end of fetches.
final class FetchRequests {
    private let elements: ElementTable
    private let fetchers: FetcherTable
    private let delivery: Delivery
    private let snapshots: Snapshots
    private let windows: SortedWindows
    private let timers: FetchTimers
    private let scheduler: Scheduler
    private let jobs: Jobs
    private let accounts: AccountTable
    private let walkLimit: Int
    /// How many elements the gets and branches of the message that is being handled have walked over.
    private var walked = 0

    init(
        _ elements: ElementTable, _ fetchers: FetcherTable, _ delivery: Delivery, _ snapshots: Snapshots,
        _ windows: SortedWindows, _ timers: FetchTimers, _ scheduler: Scheduler, _ jobs: Jobs,
        _ accounts: AccountTable, walkLimit: Int
    ) {
        self.scheduler = scheduler
        self.jobs = jobs
        self.accounts = accounts
        self.elements = elements
        self.fetchers = fetchers
        self.delivery = delivery
        self.snapshots = snapshots
        self.windows = windows
        self.timers = timers
        self.walkLimit = walkLimit
    }

    // MARK: fetch

    func fetch(_ request: borrowing Request) throws(ErrorObject) {
        let peer = request.peer
        let id = try request.fetchID()
        guard peer.fetchers[id] == nil else { throw .invalidParams(.fetchIdInUse, id.text) }
        let rule = try request.rule()
        guard rule.limit == nil || rule.interval == nil else {
            throw .badRule(RuleError(at: "interval", "goes with max only in a fetch that sorts"))
        }
        if let sort = rule.sort { try Self.checkWindow(from: sort.from, to: sort.to, at: "sort.to") }
        chargeParsing(of: request)
        let ruleSize = rule.size
        let fetcher = try fetchers.add(of: peer, id: id, rule: rule, ruleSize: ruleSize)
        delivery.succeed(request)
        if let window = fetcher.window {
            // It is answered already, so it cannot be refused.
            try jobs.start(SortedFillJob(fetcher, window, elements, fetchers, windows), of: peer, id: nil)
        } else {
            peer.snapshots.append(fetcher)
            resume(peer)
        }
    }

    /// Refuses a window that is too large.
    ///
    /// - Parameter place: Which part of the params is wrong then.
    private static func checkWindow(from: Int, to: Int, at place: String) throws(ErrorObject) {
        guard to - from >= ProtocolLimits.window else { return }
        throw .badRule(RuleError(at: place, "the window of a fetch has at most \(ProtocolLimits.window) places"))
    }

    /// Charges a peer for the tree of a request's params.
    private func chargeParsing(of request: borrowing Request) {
        let size = request.message.params?.count ?? 0
        scheduler.charge(request.peer, size &* 10)
    }

    func unfetch(_ request: borrowing Request) throws(ErrorObject) {
        let id = try request.fetchID()
        if let fetcher = request.peer.fetchers[id] { end(fetcher) }
        delivery.succeed(request)
    }

    /// Moves the window of a sorted fetch.
    func moveWindow(_ request: borrowing Request) throws(ErrorObject) {
        let id = try request.fetchID()
        guard let fetcher = request.peer.fetchers[id], let window = fetcher.window else {
            throw .invalidParams(.fetchIdUnknown, id.text)
        }
        let from = try request.place(MemberName.from, atLeast: 1)
        let to = try request.place(MemberName.to, atLeast: 0)
        try Self.checkWindow(from: from, to: to, at: "to")
        delivery.succeed(request)
        windows.moveWindow(of: fetcher, window, from: from, to: to)
    }

    /// Begins to end all fetches of a peer that is disconnected: they are not notified any more.
    func deactivateAll(of peer: Peer) {
        peer.snapshots = []
        peer.staleWindows = []
        peer.fetchers.forEach { fetcher in
            timers.remove(fetcher)
            fetcher.deactivate()
        }
    }

    /// Ends the fetches of a peer that is disconnected, until the slice is exhausted.
    func endAll(of peer: Peer, _ slice: inout Slice) {
        while let fetcher = peer.fetchers.last, !slice.isExhausted {
            slice.add(300)
            fetchers.end(fetcher)
        }
    }

    private func end(_ fetcher: Fetcher) {
        timers.remove(fetcher)
        if fetcher.cursor != nil { fetcher.peer.takeUnretainedValue().snapshots.removeAll { $0 === fetcher } }
        fetchers.end(fetcher)
    }

    /// Sends a peer that keeps up more of what waits for it: first what its outbox had no room for, then its snapshots.
    ///
    /// If its account is spent, that waits for the next turn.
    func resume(_ peer: Peer) {
        guard peer.hasOutputToResume else { return }
        guard !scheduler.isSpent(peer) else { return scheduler.enqueue(peer) }
        let before = peer.output.count
        windows.resume(peer)
        delivery.resumeConflated(peer)
        scheduler.charge(peer, max(peer.output.count - before, 0) / 2)
        if !peer.output.isConflating { snapshots.resume(peer) }
    }

    // MARK: get

    /// A new message is handled: its gets and branches may walk over the elements again.
    @inline(__always)
    func beginMessage() { walked = 0 }

    func get(_ request: borrowing Request) throws(ErrorObject) {
        let rule = try request.rule()
        let peer = request.peer
        guard let id = request.id else { return }
        chargeParsing(of: request)
        try beginWalk()
        let job: any Job =
            if let sort = rule.sort {
                SortedGetJob(rule, sort, id: id, of: peer, elements, delivery)
            } else {
                GetJob(rule, id: id, of: peer, elements, delivery)
            }
        try jobs.start(job, of: peer, id: id)
    }

    private func beginWalk() throws(ErrorObject) {
        guard walked < walkLimit else { throw .limitExceeded(.walk, max: walkLimit) }
        walked += elements.end
    }

    func branches(_ request: borrowing Request) throws(ErrorObject) {
        let params = try request.branchesParams()
        guard let id = request.id else { return }
        try beginWalk()
        let job = BranchesJob(params, id: id, of: request.peer, elements, delivery, accounts)
        try jobs.start(job, of: request.peer, id: id)
    }
}
