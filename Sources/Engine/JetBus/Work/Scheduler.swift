import JetProtocol

/// Divides the time of the bus among the accounts.
///
/// The bus works in *turns*: a turn ends when the shell takes the peers with output. All work is counted in units of about a
/// nanosecond and charged to an account. An account that has caused more than a *slice* of work in a turn is *spent*: its
/// peers' messages wait for the next turn, and so does other work that is done for it. So whatever the peers of one
/// account do, the others wait for a slice and for the largest piece of work that cannot be cut. Inside a spent account,
/// the peers that have caused little go on until the account has used a second slice: a program that floods the bus does
/// not stop the other programs of its user.
///
/// Work that is cut waits here, as peers in a queue: those whose messages must wait, those with a `Job`, and those that are
/// to be sent more of a snapshot. `Bus.proceed` goes through the queue.
final class Scheduler {
    /// How much work an account may cause in a turn when it is the only one that is spent.
    var slice: Int { didSet { portion = Self.portion(of: slice) } }
    /// Whether some account is spent in this turn.
    private(set) var hasSpentAccounts = false
    /// The accounts that have caused work in this turn.
    private var active: ContiguousArray<Account> = []
    /// How many accounts were spent in the last turn: they share the time.
    private var spentInLastTurn = 0
    private var spent = 0
    /// The number of this turn.
    private var turn: UInt64 = 0
    /// The work of this turn, of all accounts.
    private(set) var turnWork = 0
    private var queue: ContiguousArray<Peer> = []
    private var served = 0

    /// A peer's work is charged to its account in portions of this size, so that most messages need one addition only.
    private var portion: Int

    init(slice: Int) {
        self.slice = slice
        portion = Self.portion(of: slice)
    }

    private static func portion(of slice: Int) -> Int { min(50_000, slice / 8) }

    // MARK: Charging

    /// How much work an account may cause in this turn.
    private var share: Int { max(slice / max(spentInLastTurn, 1), slice / 8) }

    /// Charges a peer's account for work.
    @inline(__always)
    func charge(_ peer: Peer, _ work: Int) {
        peer.unbilledWork &+= work
        if peer.unbilledWork > portion { bill(peer) }
    }

    @inline(never)
    private func bill(_ peer: Peer) {
        let account = peer.account
        let work = peer.unbilledWork
        peer.unbilledWork = 0
        peer.work &+= UInt64(work)
        if peer.turn != turn {
            peer.turn = turn
            peer.turnWork = 0
        }
        peer.turnWork &+= work
        account.work &+= UInt64(work)
        turnWork &+= work
        if account.turnWork == 0 { active.append(account) }
        account.turnWork &+= work
        guard !account.isSpent, account.turnWork > share else { return }
        account.isSpent = true
        hasSpentAccounts = true
        spent += 1
    }

    /// Whether work for this peer must wait for the next turn.
    @inline(__always)
    func isSpent(_ peer: Peer) -> Bool { hasSpentAccounts && isSpentInside(peer) }

    @inline(never)
    private func isSpentInside(_ peer: Peer) -> Bool {
        peer.accountReference._withUnsafeGuaranteedRef { account in
            guard account.isSpent else { return false }
            return account.turnWork > 2 * share || peer.turn == turn && peer.turnWork > share / 16
        }
    }

    /// A slice for work of a peer that can be cut: it is exhausted when the account is spent.
    func slice(for peer: Peer) -> Slice {
        Slice(limit: max(share - peer.account.turnWork - peer.unbilledWork, portion))
    }

    /// Whether no more work that waits is to be done in this turn.
    var isTurnFull: Bool { turnWork > 2 * slice }

    /// A turn has ended: the accounts get new slices.
    func endTurn() {
        turn &+= 1
        turnWork = 0
        spentInLastTurn = spent
        spent = 0
        hasSpentAccounts = false
        guard !active.isEmpty else { return }
        for account in active {
            account.turnWork = 0
            account.isSpent = false
        }
        active.removeAll(keepingCapacity: active.count < 1024)
    }

    // MARK: Work that waits

    /// Whether some peer waits for its turn.
    var hasQueue: Bool { served < queue.count }

    /// How many peers wait.
    var queueCount: Int { queue.count - served }

    /// Puts a peer into the queue, unless it is there.
    func enqueue(_ peer: Peer) {
        guard !peer.isScheduled else { return }
        peer.isScheduled = true
        queue.append(peer)
    }

    /// Puts peers that `next` returned at the front again, since it is not their turn yet.
    func putBack(_ peers: ContiguousArray<Peer>) {
        guard !peers.isEmpty else { return }
        for peer in peers { peer.isScheduled = true }
        queue.replaceSubrange(..<served, with: peers)
        served = 0
    }

    /// Takes the first peer out of the queue. It may have been disconnected meanwhile.
    func next() -> Peer? {
        guard served < queue.count else {
            queue.removeAll(keepingCapacity: queue.count < 1024)
            served = 0
            return nil
        }
        let peer = queue[served]
        served += 1
        if served > 1024, served * 2 > queue.count {
            queue.removeFirst(served)
            served = 0
        }
        peer.isScheduled = false
        return peer
    }
}
