/// An account: all peers of one user or address, and what they use together.
final class Account {
    let name: AccountName
    /// What its peers use.
    var usage = Quotas(all: 0)
    /// The limits that are configured for it.
    private(set) var limits: Quotas.Limits
    /// Whether there are any.
    private(set) var hasLimits: Bool
    /// How many peers it has.
    var connections = 0
    /// The work that its peers have caused in this turn; see `Scheduler`.
    var turnWork = 0
    /// Whether that is more than a slice.
    var isSpent = false
    /// The messages of its peers, without those that `Peer.messages` counts and `AccountTable.settle` has not added yet.
    var messages: UInt64 = 0
    /// The work of its peers, in units of about a nanosecond.
    var work: UInt64 = 0
    /// How many requests of its peers were refused because of a limit.
    var refused: UInt64 = 0

    init(_ name: AccountName, _ limits: Quotas.Limits) {
        self.name = name
        self.limits = limits
        hasLimits = limits != Quotas.Limits()
    }

    /// Replaces the limits that are configured for it.
    func adopt(_ limits: Quotas.Limits) {
        self.limits = limits
        hasLimits = limits != Quotas.Limits()
    }
}
