extension Bus {
    /// What an account uses, and has done; the same as in `peers` (jet-protocol(7) §2.8).
    public struct AccountFigures: Hashable, Sendable {
        /// The account.
        public var name: AccountName
        /// How many peers it has.
        public var connections = 0
        /// What they use of the resources that have quotas. For unread bytes see `unread`.
        public var usage = Quotas(all: 0)
        /// The bytes that its peers have not read.
        public var unread = 0
        /// The messages of its peers.
        public var messages: UInt64 = 0
        /// The work of its peers, in units of about a nanosecond.
        public var work: UInt64 = 0
        /// How many requests of its peers were refused because of a limit.
        public var refused: UInt64 = 0

        /// An account that has done nothing.
        public init(_ name: AccountName) { self.name = name }

        /// Adds the figures of another account.
        public mutating func add(_ other: AccountFigures) {
            connections += other.connections
            for resource in Resource.allCases { usage[resource] += other.usage[resource] }
            unread += other.unread
            messages &+= other.messages
            work &+= other.work
            refused &+= other.refused
        }
    }

    /// The accounts that have peers, in no order. One step for each peer.
    public var accountFigures: [AccountFigures] {
        var unread: [AccountName: Int] = [:]
        peers.forEach { peer in
            guard !peer.isProbe else { return }
            accounts.settle(peer)
            unread[peer.account.name, default: 0] += peer.output.unread
        }
        var list: [AccountFigures] = []
        accounts.forEach { account in
            var figures = AccountFigures(account.name)
            figures.connections = account.connections
            figures.usage = account.usage
            figures.unread = unread[account.name] ?? 0
            (figures.messages, figures.work, figures.refused) = (account.messages, account.work, account.refused)
            list.append(figures)
        }
        return list
    }
}
