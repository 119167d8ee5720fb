public import JetBus
internal import Netlink

/// Who an entry of `[accounts]` or `[paths]` in jetd.toml is for.
public enum AccountHolder: Hashable, Sendable, CustomStringConvertible {
    /// Peers that this user of the system runs, a name or a number.
    case user(String)
    /// Peers that run with this group of the system, a name or a number, primary or supplementary.
    case group(String)
    /// Peers that have authenticated as this user.
    case login(String)
    /// Peers at this address: of IPv6 the network, as in `2001:db8:0:1::/64`.
    case address(String)

    /// Reads `user:NAME`, `group:NAME`, `login:NAME` or `address:ADDRESS`; `nil` if it is none of these.
    public init?(parsing text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        let name = String(parts[1])
        switch parts[0] {
        case "user": self = .user(name)
        case "group": self = .group(name)
        case "login": self = .login(name)
        case "address":
            guard let network = TCPConnection.End(parsing: name)?.network else { return nil }
            self = .address(network)
        default: return nil
        }
    }

    /// The form that it is read from.
    public var description: String {
        switch self {
        case .user(let name): "user:\(name)"
        case .group(let name): "group:\(name)"
        case .login(let name): "login:\(name)"
        case .address(let address): "address:\(address)"
        }
    }
}

/// Limits of one account, or of the accounts of a group's members, instead of what the division of the totals gives them.
public struct AccountRule: Hashable, Sendable {
    /// Whom it is for.
    public var holder: AccountHolder
    /// The limits of the bus.
    public var limits: Quotas.Limits
    /// The limit of connections.
    public var connections: Int?

    /// A rule.
    public init(for holder: AccountHolder, _ limits: Quotas.Limits, connections: Int? = nil) {
        self.holder = holder
        self.limits = limits
        self.connections = connections
    }
}

/// Who may add elements below a prefix; see `Bus.Configuration.pathOwners`.
public struct PathOwnership: Hashable, Sendable {
    /// The beginning of the paths.
    public var prefix: String
    /// Who may add elements there: users, groups and logins.
    public var owners: [AccountHolder]

    /// A rule.
    public init(prefix: String, owners: [AccountHolder]) {
        self.prefix = prefix
        self.owners = owners
    }
}
