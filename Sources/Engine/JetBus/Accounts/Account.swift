import JetProtocol

/// An account: all peers of one user or address, and what they use together.
final class Account {
    let name: AccountName
    /// What its peers use.
    fileprivate(set) var usage = Quotas(all: 0)
    /// The limits that are configured for it.
    fileprivate(set) var limits: Quotas.Limits
    /// How many peers it has.
    fileprivate(set) var connections = 0
    /// The work that its peers have caused in this turn; see `Scheduler`.
    var turnWork = 0
    /// Whether that is more than a slice.
    var isSpent = false
    /// The messages of its peers.
    var messages: UInt64 = 0
    /// The work of its peers, in units of about a nanosecond.
    var work: UInt64 = 0
    /// How many requests of its peers were refused because of a quota.
    var refused: UInt64 = 0

    init(_ name: AccountName, _ limits: Quotas.Limits) {
        self.name = name
        self.limits = limits
    }
}

/// The accounts that have peers, and what all of them use together.
///
/// *Quotas divide what is left*: an account may use half of what the other accounts leave of the total. So the first
/// account that takes what it can gets a half, the second a quarter, and there is always something left for one more. An
/// account whose limits are configured has these instead; the administrator's, uid 0, may use all that is left, of which a
/// part is reserved for it.
final class AccountTable {
    private let totals: Quotas
    private var used = Quotas(all: 0)
    private var accounts: [AccountName: Account] = [:]

    init(_ totals: Quotas) { self.totals = totals }

    // MARK: Peers

    /// Charges a peer that connects to its account.
    func join(_ name: AccountName, _ limits: Quotas.Limits) -> Account {
        let account = accounts[name] ?? Account(name, limits)
        account.limits = limits
        account.connections += 1
        accounts[name] = account
        return account
    }

    /// A peer that uses nothing any more leaves its account.
    func leave(_ account: Account) {
        account.connections -= 1
        if account.connections == 0 { accounts[account.name] = nil }
    }

    func forEach(_ body: (Account) -> Void) { accounts.values.forEach(body) }

    // MARK: Charging

    /// How much an account may use of a resource now.
    func limit(of resource: Resource, for account: Account) -> Int {
        if let limit = account.limits[resource] { return limit }
        let left = totals[resource] - (used[resource] - account.usage[resource])
        if account.name == .userID(0) { return max(left, 0) }
        return max((left - totals[resource] / 16) / 2, 0)
    }

    /// Charges a peer.
    ///
    /// - Throws: The refusal, which names the quota, if the account would use more than it may.
    @inline(__always)
    func charge(_ resource: Resource, _ amount: Int, to peer: Peer) throws(ErrorObject) {
        let account = peer.account
        let usage = account.usage[resource] &+ amount
        guard usage <= limit(of: resource, for: account) else { throw refusal(of: resource, amount, to: account) }
        add(resource, amount, to: peer)
    }

    /// Charges a peer with what it cannot be refused, or takes back a charge if `amount` is negative.
    @inline(__always)
    func add(_ resource: Resource, _ amount: Int, to peer: Peer) {
        used[resource] &+= amount
        peer.account.usage[resource] &+= amount
        peer.usage[resource] &+= amount
    }

    @inline(never)
    private func refusal(of resource: Resource, _ amount: Int, to account: Account) -> ErrorObject {
        account.refused += 1
        return .limitExceeded("\(resource)", max: limit(of: resource, for: account))
    }
}
