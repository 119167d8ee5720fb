import ConfigurationFile
import JSONText
import JetBus
import JetDaemon
import JetProtocol
import Logging

/// What stands in the daemon's configuration file: jetd.toml, jetd.toml(5). Everything has a default, and a file that is
/// not there is an empty one.
///
///     let settings = try DaemonSettings(path: "/etc/jet/jetd.toml", isOptional: true)
struct DaemonSettings: Hashable {
    /// Something that has a usual place, which depends on who runs the daemon, and that can be done without.
    enum Place: Hashable {
        /// Where it usually is. The key is not there.
        case usual
        /// There shall be none. The key is `false`.
        case none
        /// There.
        case path(String)
    }

    /// What `info` says the daemon is called.
    var name = Self.defaults.bus.name
    /// How much is logged.
    var logLevel = Logger.Level.info
    /// The longest message that is read, in bytes.
    var messageLimit = Self.defaults.messageLimit
    /// Where the daemon listens when it is handed no sockets.
    var listen = ListenSettings()
    /// Peers by WebSocket.
    var web = WebSettings()
    /// The file of those who can authenticate.
    var users = Place.usual
    /// Who is in which Jet groups because of whom it runs as.
    var grants: [Grant] = []
    /// Whether peers from elsewhere may connect without encryption.
    var allowsPlaintext = Self.defaults.allowsPlaintext
    /// The bounds of the bus.
    var limits = LimitSettings()

    static let defaults = DaemonConfiguration(listeners: [])

    /// The defaults.
    init() {}

    /// The settings in a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isOptional: Whether it need not be there.
    /// - Throws: What is wrong with it, with the line.
    init(path: String, isOptional: Bool = false) throws(ConfigurationError) {
        self.init()
        guard var table = try ConfigurationTable(file: path) else {
            guard isOptional else { throw ConfigurationError(file: path, "There is no such file.") }
            return
        }
        try take(from: &table)
    }

    /// The settings in a document.
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
        var users = try table.table("users")
        self.users = try users.place("file")
        try users.finish()
        grants = try Self.grants(in: table.table("grants"))
        var remote = try table.table("remote")
        allowsPlaintext = try remote.take("allow-plaintext", default: allowsPlaintext)
        try remote.finish()
        limits = try table.section("limits", default: limits)
        try table.finish()
    }

    /// Which limits of a message make sense, in bytes.
    static let messageLimits = 1024...1 << 30

    /// Takes the grants. Whoever they name may be missing: what is granted to a group of the package's must not keep a
    /// daemon from starting where there is no such group.
    private static func grants(in table: ConfigurationTable) throws(ConfigurationError) -> [Grant] {
        var table = table
        var grants: [Grant] = []
        for name in table.keys {
            guard let holder = Grant.Holder(parsing: name) else {
                throw table.error(name, "is neither \"user:NAME\" nor \"group:NAME\".")
            }
            let groups = try table.take(name, default: [String]())
            guard !groups.contains("") else { throw table.error(name, "grants a group without a name.") }
            grants.append(Grant(to: holder, Set(groups), mayBeMissing: true))
        }
        return grants
    }

    /// The keys that differ from `other`'s and that a running daemon cannot take up, as they stand in the file.
    func fixed(otherThan other: DaemonSettings) -> [String] {
        let differences = [
            ("name", name != other.name), ("message-limit", messageLimit != other.messageLimit),
            ("[listen]", listen != other.listen), ("web.ping-interval", web.pingInterval != other.web.pingInterval),
            ("[limits]", limits != other.limits),
        ]
        return differences.compactMap { $1 ? $0 : nil }
    }

    /// Takes these over from `other`.
    mutating func keepFixed(of other: DaemonSettings) {
        (name, messageLimit, listen) = (other.name, other.messageLimit, other.listen)
        (web.pingInterval, limits) = (other.web.pingInterval, other.limits)
    }
}

extension ConfigurationTable {
    /// Takes a path, or `false` for none.
    mutating func place(_ key: String) throws(ConfigurationError) -> DaemonSettings.Place {
        guard let found = take(key) else { return .usual }
        if found.bool == false { return .none }
        guard let path = found.string, path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw error(key, "is an absolute path, or false for none, not \(found).")
        }
        return .path(path)
    }

    /// Takes a port, or `false` for none.
    mutating func port(_ key: String, default value: Int?) throws(ConfigurationError) -> Int? {
        guard let found = take(key) else { return value }
        if found.bool == false { return nil }
        guard let port = found.int, (0...65535).contains(port) else {
            throw error(key, "is a port from 0 to 65535, or false for none, not \(found).")
        }
        return port
    }

    /// Takes a level of the log.
    mutating func level(_ key: String, default value: Logger.Level) throws(ConfigurationError) -> Logger.Level {
        let name = try take(key, default: value.rawValue)
        guard let level = Logger.Level(rawValue: name) else {
            let levels = Logger.Level.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw error(key, "is one of \(levels), not \"\(name)\".")
        }
        return level
    }
}
