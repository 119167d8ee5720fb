import ConfigurationFile
import JSONText
import JetBus
import JetDaemon
import JetProtocol
import Logging

/// The settings in the configuration file of the daemon, jetd.toml(5). Each has a default; a missing file is like an empty
/// one.
///
///     let settings = try DaemonSettings(path: "/etc/jet/jetd.toml", isOptional: true)
struct DaemonSettings: Hashable {
    /// A path that has a default, which depends on who runs the daemon, and that can be turned off.
    enum Place: Hashable {
        /// The default path. The key is missing.
        case usual
        /// Turned off. The key is `false`.
        case none
        /// This path.
        case path(String)
    }

    /// The name of the daemon in the result of `info`.
    var name = Self.defaults.bus.name
    /// The lowest level that is logged.
    var logLevel = Logger.Level.info
    /// The length of the longest message accepted, in bytes.
    var messageLimit = Self.defaults.messageLimit
    /// Where the daemon listens without sockets from systemd.
    var listen = ListenSettings()
    /// Peers by WebSocket.
    var web = WebSettings()
    /// The page of metrics.
    var metrics = MetricsSettings()
    /// The users file.
    var users = Place.usual
    /// The groups of peers on the unix socket, by the user and the groups that they run as.
    var grants: [Grant] = []
    /// Peers on other machines.
    var remote = RemoteSettings()
    /// The limits of each peer.
    var limits = LimitSettings()
    /// What all accounts may use together.
    var quotas = QuotaSettings()
    /// Limits of accounts that replace what the division of the quotas gives them.
    var accounts: [AccountRule] = []
    /// Who may add elements below which prefixes.
    var paths: [PathOwnership] = []

    static let defaults = DaemonConfiguration(listeners: [])

    /// The defaults.
    init() {}

    /// Reads the settings from a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isOptional: Whether it may be missing.
    /// - Throws: What is wrong with it, with the line number.
    init(path: String, isOptional: Bool = false) throws(ConfigurationError) {
        self.init()
        guard var table = try ConfigurationTable(file: path) else {
            guard isOptional else { throw ConfigurationError(file: path, "There is no such file.") }
            return
        }
        try take(from: &table)
    }

    /// Reads the settings from a text.
    init(parsing text: String, file: String = "jetd.toml") throws(ConfigurationError) {
        self.init()
        var table = try ConfigurationTable(parsing: text, file: file)
        try take(from: &table)
    }

    private mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        name = try table.take("name", default: name)
        logLevel = try table.level("log-level", default: logLevel)
        messageLimit = try table.take("message-limit", default: messageLimit, in: Self.messageLimits)
        listen = try table.section("listen", default: listen)
        web = try table.section("web", default: web)
        metrics = try table.section("metrics", default: metrics)
        var users = try table.table("users")
        self.users = try users.place("file")
        try users.finish()
        grants = try Self.grants(in: table.table("grants"))
        remote = try table.section("remote", default: remote)
        limits = try table.section("limits", default: limits)
        // Older files have it in [limits].
        if let waiting = limits.waitingPasswords { quotas.quotas.authentications = waiting }
        quotas = try table.section("quotas", default: quotas)
        accounts = try AccountSettings.accounts(in: table.table("accounts"))
        paths = try AccountSettings.paths(in: table.table("paths"))
        try table.finish()
    }

    /// The permitted values of `messageLimit`.
    static let messageLimits = 1024...1 << 30

    /// Reads the grants. Their users and groups may be missing: a grant to a group that the package creates must not prevent
    /// a daemon from starting where that group does not exist.
    private static func grants(in table: ConfigurationTable) throws(ConfigurationError) -> [Grant] {
        var table = table
        var grants: [Grant] = []
        for name in table.keys {
            guard let holder = Grant.Holder(parsing: name) else {
                throw table.error(name, "must be \"user:NAME\" or \"group:NAME\".")
            }
            let groups = try table.take(name, default: [String]())
            guard !groups.contains("") else { throw table.error(name, "has an empty group name.") }
            grants.append(Grant(to: holder, Set(groups), mayBeMissing: true))
        }
        return grants
    }

    /// The keys, as in the file, that differ from `other` and that need a restart.
    func fixed(otherThan other: DaemonSettings) -> [String] {
        let differences = [
            ("name", name != other.name), ("message-limit", messageLimit != other.messageLimit),
            ("[listen]", listen != other.listen), ("web.ping-interval", web.pingInterval != other.web.pingInterval),
            ("[limits]", limits != other.limits), ("[quotas]", quotas != other.quotas),
        ]
        return differences.compactMap { $1 ? $0 : nil }
    }

    /// Copies the settings that need a restart from `other`.
    mutating func keepFixed(of other: DaemonSettings) {
        (name, messageLimit, listen) = (other.name, other.messageLimit, other.listen)
        (web.pingInterval, limits, quotas) = (other.web.pingInterval, other.limits, other.quotas)
    }
}

extension ConfigurationTable {
    /// Reads a path, or `false` for none.
    mutating func place(_ key: String) throws(ConfigurationError) -> DaemonSettings.Place {
        guard let found = take(key) else { return .usual }
        if found.bool == false { return .none }
        guard let path = found.string, path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw error(key, "must be an absolute path, or false for none, not \(found).")
        }
        return .path(path)
    }

    /// Reads a port, or `false` for none.
    mutating func port(_ key: String, default value: Int?) throws(ConfigurationError) -> Int? {
        guard let found = take(key) else { return value }
        if found.bool == false { return nil }
        guard let port = found.int, (0...65535).contains(port) else {
            throw error(key, "must be a port from 0 to 65535, or false for none, not \(found).")
        }
        return port
    }

    /// Reads a log level.
    mutating func level(_ key: String, default value: Logger.Level) throws(ConfigurationError) -> Logger.Level {
        let name = try take(key, default: value.rawValue)
        guard let level = Logger.Level(rawValue: name) else {
            let levels = Logger.Level.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw error(key, "must be one of \(levels), not \"\(name)\".")
        }
        return level
    }
}
