import Glibc
import JetBus
import Logging

/// The limits of accounts that are configured, by user ID, group ID, login and address.
struct AccountRules: Sendable {
    /// What is configured for an account.
    struct Entry: Hashable, Sendable {
        var limits = Quotas.Limits()
        var connections: Int?
    }

    private var users: [uid_t: Entry] = [:]
    private var groups: [gid_t: Entry] = [:]
    private var logins: [String: Entry] = [:]
    private var addresses: [String: Entry] = [:]

    /// No rules.
    init() {}

    /// Looks up the names. This may block, so it must not run on the event loop. Logs a warning for a name that does not
    /// exist.
    init(_ rules: [AccountRule], logger: Logger) {
        for rule in rules {
            let entry = Entry(limits: rule.limits, connections: rule.connections)
            switch rule.holder {
            case .user(let name):
                if let id = SystemNames.user(name) { users[id] = entry } else { Self.miss(rule.holder, logger) }
            case .group(let name):
                if let id = SystemNames.group(name) { groups[id] = entry } else { Self.miss(rule.holder, logger) }
            case .login(let name): logins[name] = entry
            case .address(let address): addresses[address] = entry
            }
        }
    }

    private static func miss(_ holder: AccountHolder, _ logger: Logger) {
        logger.warning("no such user or group; its limits in [accounts] are ignored", metadata: ["key": "\(holder)"])
    }

    /// What is configured for a peer: for its user, else the highest limits of its groups, else for its address.
    func entry(for peer: Credentials) -> Entry {
        if let userID = peer.userID, let entry = users[userID] { return entry }
        var entry = Entry()
        for group in peer.groupIDs { if let other = groups[group] { entry.raise(to: other) } }
        if entry == Entry(), peer.userID == nil, let address = peer.address { return addresses[address] ?? entry }
        return entry
    }

    /// What is configured for the peers that have authenticated as a user.
    func entry(forLogin name: String) -> Entry { logins[name] ?? Entry() }
}

extension AccountRules.Entry {
    /// Takes the higher one of each limit.
    fileprivate mutating func raise(to other: Self) {
        func higher(_ left: Int?, _ right: Int?) -> Int? { left.map { max($0, right ?? $0) } ?? right }
        limits.elements = higher(limits.elements, other.limits.elements)
        limits.bytes = higher(limits.bytes, other.limits.bytes)
        limits.fetches = higher(limits.fetches, other.limits.fetches)
        limits.ruleBytes = higher(limits.ruleBytes, other.limits.ruleBytes)
        limits.pendingRequests = higher(limits.pendingRequests, other.limits.pendingRequests)
        limits.unreadBytes = higher(limits.unreadBytes, other.limits.unreadBytes)
        limits.authentications = higher(limits.authentications, other.limits.authentications)
        connections = higher(connections, other.connections)
    }
}

extension [PathOwner] {
    /// Looks up the names. This may block, so it must not run on the event loop. Logs a warning for each name that does not
    /// exist; the prefixes then belong to their other owners.
    init(_ rules: [PathOwnership], logger: Logger) {
        var missing: [AccountHolder: [String]] = [:]
        self = rules.map { rule in
            var owners: Set<PathOwner.Owner> = []
            for holder in rule.owners {
                if let owner = PathOwner.Owner(holder) {
                    owners.insert(owner)
                } else {
                    missing[holder, default: []].append(rule.prefix)
                }
            }
            return PathOwner(prefix: [UInt8](rule.prefix.utf8), owners: owners)
        }
        for (holder, prefixes) in missing.sorted(by: { $0.key.description < $1.key.description }) {
            logger.warning(
                "no such user or group; it cannot own the paths that [paths] gives it",
                metadata: ["owner": "\(holder)", "paths": "\(prefixes.joined(separator: " "))"])
        }
    }
}

extension PathOwner.Owner {
    /// Looks up the name; `nil` if it does not exist.
    fileprivate init?(_ holder: AccountHolder) {
        switch holder {
        case .user(let name):
            guard let id = SystemNames.user(name) else { return nil }
            self = .userID(id)
        case .group(let name):
            guard let id = SystemNames.group(name) else { return nil }
            self = .groupID(id)
        case .login(let name): self = .login(name)
        // The configuration does not accept it here.
        case .address: return nil
        }
    }
}
