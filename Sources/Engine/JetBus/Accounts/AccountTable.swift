import JetProtocol

/// The accounts that have peers, and what all of them use together.
///
/// *Quotas divide what is left*: an account may use half of what the other accounts leave of the total. So the first
/// account that takes what it can gets a half, the second a quarter, and there is always something left for one more. An
/// account whose limits are configured has these instead; the administrator's, uid 0, may use all that is left, of which a
/// part is reserved for it.
///
/// Who charges an amount also ends the charge, by the same amount, so that nothing stays charged when all
/// peers have left; a test counts again after each of many random steps.
final class AccountTable {
    private let totals: Quotas
    /// The totals without what is reserved for the administrator.
    private let common: Quotas
    private(set) var used = Quotas(all: 0)
    private var accounts: [AccountName: Account] = [:]
    /// Peers whose fetches name more elements than their account has memory for. The bus closes them, since nothing
    /// that they asked for can be refused any more.
    private(set) var overdrawn: ContiguousArray<Peer> = []

    init(_ totals: Quotas) {
        var totals = totals
        var common = totals
        for resource in Resource.allCases {
            // So that sums cannot overflow.
            totals[resource] = min(max(totals[resource], 0), 1 << 60)
            common[resource] = totals[resource] - totals[resource] / 16
        }
        self.totals = totals
        self.common = common
    }

    // MARK: Peers

    /// A peer that connects joins its account.
    func join(_ name: AccountName, _ limits: Quotas.Limits) -> Account {
        let account = accounts[name] ?? Account(name, limits)
        account.adopt(limits)
        account.connections += 1
        accounts[name] = account
        return account
    }

    /// A peer that uses nothing any more leaves its account.
    func leave(_ peer: Peer) {
        if peer.isProbe { return }
        settle(peer)
        overdrawn.removeAll { $0 === peer }
        peer.account.connections -= 1
        endIfUnused(peer.account)
    }

    /// Moves a peer, and all that it is charged for, to another account.
    func move(_ peer: Peer, to name: AccountName, _ limits: Quotas.Limits) {
        let former = peer.account
        settle(peer)
        let account = join(name, limits)
        for resource in Resource.allCases {
            former.usage[resource] -= peer.usage[resource]
            account.usage[resource] += peer.usage[resource]
        }
        peer.account = account
        former.connections -= 1
        endIfUnused(former)
    }

    private func endIfUnused(_ account: Account) {
        guard account.connections == 0, account.usage.authentications == 0 else { return }
        if accounts[account.name] === account { accounts[account.name] = nil }
    }

    /// Adds the messages of a peer to those of its account, of which they are counted once.
    func settle(_ peer: Peer) {
        peer.account.messages &+= peer.messages &- peer.settledMessages
        peer.settledMessages = peer.messages
    }

    func forEach(_ body: (Account) -> Void) { accounts.values.forEach(body) }

    // MARK: Charging

    /// How much an account may use of a resource now.
    func limit(of resource: Resource, for account: Account) -> Int {
        if let limit = account.limits[resource] { return limit }
        let others = used[resource] - account.usage[resource]
        if account.name == .userID(0) { return max(totals[resource] - others, 0) }
        return max((common[resource] - others) / 2, 0)
    }

    /// Whether an account uses more of a resource than it may.
    func isOver(_ resource: Resource, _ account: Account) -> Bool {
        account.usage[resource] > limit(of: resource, for: account)
    }

    /// Checks that a peer may use this much more.
    ///
    /// - Throws: The refusal, which names the quota, if its account would use more than it may.
    @inline(__always)
    func check(_ resource: Resource, _ amount: Int, of peer: Peer) throws(ErrorObject) {
        let isFree = peer.accountReference._withUnsafeGuaranteedRef { account in
            // The same as `limit` for an account without limits of its own, in one comparison.
            !account.hasLimits
                && account.usage[resource] &+ used[resource] &+ 2 &* amount <= common[resource]
        }
        if !isFree { try checkLimit(resource, amount, of: peer.account) }
    }

    @inline(never)
    private func checkLimit(_ resource: Resource, _ amount: Int, of account: Account) throws(ErrorObject) {
        guard account.usage[resource] + amount > limit(of: resource, for: account) else { return }
        throw refusal(of: resource, to: account)
    }

    /// Charges a peer.
    ///
    /// - Throws: The refusal, which names the quota, if its account would use more than it may.
    @inline(__always)
    func charge(_ resource: Resource, _ amount: Int, to peer: Peer) throws(ErrorObject) {
        try check(resource, amount, of: peer)
        add(resource, amount, to: peer)
    }

    /// Charges a peer with what was checked or cannot be refused, or takes back a charge if `amount` is negative.
    @inline(__always)
    func add(_ resource: Resource, _ amount: Int, to peer: Peer) {
        used[resource] &+= amount
        peer.usage[resource] &+= amount
        peer.accountReference._withUnsafeGuaranteedRef { $0.usage[resource] &+= amount }
    }

    /// Charges a peer with memory that its fetches take for elements of others. If that is too much, the peer is closed.
    @inline(never)
    func addForInterests(_ bytes: Int, to peer: Peer) {
        add(.bytes, bytes, to: peer)
        guard bytes > 0, isOver(.bytes, peer.account), !overdrawn.contains(where: { $0 === peer }) else { return }
        overdrawn.append(peer)
    }

    /// Takes the peers that are to be closed.
    func takeOverdrawn() -> ContiguousArray<Peer> {
        defer { overdrawn = [] }
        return overdrawn
    }

    /// The error for an account that uses, or would use, more of a resource than it may.
    func refusal(of resource: Resource, to account: Account) -> ErrorObject {
        .limitExceeded(
            resource.limitName, max: limit(of: resource, for: account), used: account.usage[resource],
            account: "\(account.name)")
    }

    // MARK: Passwords

    /// Charges the account of a peer with a password that is to be checked. The check goes on when the peer has left, so
    /// it is the account alone that is charged.
    func beginAuthentication(of peer: Peer) throws(ErrorObject) -> Account {
        try check(.authentications, 1, of: peer)
        used.authentications += 1
        peer.account.usage.authentications += 1
        return peer.account
    }

    /// A password is checked.
    func endAuthentication(of account: Account) {
        used.authentications -= 1
        account.usage.authentications -= 1
        endIfUnused(account)
    }
}
