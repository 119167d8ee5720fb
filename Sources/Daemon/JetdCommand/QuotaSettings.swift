import ConfigurationFile
import JetBus
import JetDaemon

/// `[quotas]`: what all accounts may use together. An account may use half of what the others leave.
struct QuotaSettings: ConfigurationSection, Hashable {
    /// The quotas. Those that are `nil` have a default that depends on the machine.
    var quotas = Self.defaults
    /// The number of connections; `nil` for the default, which depends on the limit of descriptors.
    var connections: Int?

    mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        let (read, connections) = try table.limits()
        self.connections = connections
        quotas.elements = read.elements ?? quotas.elements
        quotas.bytes = read.bytes
        quotas.fetches = read.fetches ?? quotas.fetches
        quotas.ruleBytes = read.ruleBytes
        quotas.pendingRequests = read.pendingRequests ?? quotas.pendingRequests
        quotas.unreadBytes = read.unreadBytes
        quotas.authentications = read.authentications ?? quotas.authentications
    }

    private static var defaults: Quotas.Limits {
        var limits = Quotas.Limits()
        limits.elements = Quotas.defaults.elements
        limits.fetches = Quotas.defaults.fetches
        limits.pendingRequests = Quotas.defaults.pendingRequests
        limits.authentications = Quotas.defaults.authentications
        return limits
    }

    /// Applies the quotas to a configuration.
    ///
    /// - Parameters:
    ///   - memory: The memory that the daemon may use, in bytes. By default what peers keep may take half of it, at most
    ///     1 GiB, and what they have not read a quarter, at most 512 MiB.
    ///   - descriptors: The limit of descriptors.
    func apply(to configuration: inout DaemonConfiguration, memory: Int, descriptors: Int) {
        var all = configuration.bus.quotas
        all.elements = quotas.elements ?? all.elements
        all.bytes = quotas.bytes ?? min(all.bytes, memory / 2)
        all.fetches = quotas.fetches ?? all.fetches
        all.ruleBytes = quotas.ruleBytes ?? min(all.ruleBytes, memory / 8)
        all.pendingRequests = quotas.pendingRequests ?? all.pendingRequests
        all.unreadBytes = quotas.unreadBytes ?? min(all.unreadBytes, memory / 4)
        all.authentications = quotas.authentications ?? all.authentications
        configuration.bus.quotas = all
        configuration.bus.authenticationLimit = all.authentications
        configuration.connections = connections ?? Daemon.connections(ofDescriptors: descriptors)
    }
}

/// `[accounts]` and `[paths]`.
enum AccountSettings {
    /// Reads the limits of accounts.
    static func accounts(in table: ConfigurationTable) throws(ConfigurationError) -> [AccountRule] {
        var table = table
        var rules: [AccountRule] = []
        for name in table.keys {
            guard let holder = AccountHolder(parsing: name) else {
                throw table.error(
                    name, "must be \"user:NAME\", \"group:NAME\", \"login:NAME\" or \"address:ADDRESS\".")
            }
            var limits = try table.table(name)
            let (quotas, connections) = try limits.limits()
            try limits.finish()
            rules.append(AccountRule(for: holder, quotas, connections: connections))
        }
        return rules
    }

    /// Reads the owners of paths.
    static func paths(in table: ConfigurationTable) throws(ConfigurationError) -> [PathOwnership] {
        var table = table
        var rules: [PathOwnership] = []
        for prefix in table.keys {
            guard !prefix.isEmpty else {
                throw table.error(prefix, "must be the beginning of paths, as \"settings/\".")
            }
            var owners: [AccountHolder] = []
            for name in try table.take(prefix, default: [String]()) {
                switch AccountHolder(parsing: name) {
                case .address?, nil:
                    throw table.error(
                        prefix, "must list \"user:NAME\", \"group:NAME\" or \"login:NAME\", not \"\(name)\".")
                case let holder?: owners.append(holder)
                }
            }
            rules.append(PathOwnership(prefix: prefix, owners: owners))
        }
        return rules
    }
}

extension ConfigurationTable {
    /// Takes the keys that `[quotas]` and the entries of `[accounts]` have.
    fileprivate mutating func limits() throws(ConfigurationError) -> (quotas: Quotas.Limits, connections: Int?) {
        var limits = Quotas.Limits()
        limits.elements = try quota("elements", in: 1...1 << 32)
        limits.bytes = try quota("bytes", in: 1 << 16...1 << 48)
        limits.fetches = try quota("fetches", in: 1...1 << 32)
        limits.ruleBytes = try quota("rule-bytes", in: 1 << 10...1 << 40)
        limits.pendingRequests = try quota("pending-requests", in: 1...1 << 32)
        limits.unreadBytes = try quota("unread-bytes", in: 1 << 16...1 << 48)
        limits.authentications = try quota("waiting-passwords", in: 1...1 << 16)
        return (limits, try quota("connections", in: 1...1 << 24))
    }

    /// Takes a number that has no default here.
    private mutating func quota(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        // A key that is missing gives the default, which is outside of the range.
        let number = try take(key, default: 0, in: range)
        return number == 0 ? nil : number
    }
}
