import ConfigurationFile
import JSONText
import Logging
import TLSGateway

/// The settings in the configuration file of the gateway, tls.toml(5). Each has a default; a missing file is like an empty
/// one.
struct TLSSettings: Hashable {
    /// The lowest level that is logged.
    var logLevel = Logger.Level.info
    /// The oldest version of TLS.
    var minimumVersion = Self.defaults.minimumVersion
    /// The certificates of the CAs for clients.
    var clientAuthorities: String?
    /// How many handshakes there may be at the same time.
    var handshakes = Self.defaults.handshakes
    /// How long a handshake may take.
    var handshakeTimeout = Self.defaults.handshakeTimeout
    /// How many connections there may be; `nil` for what the limit of descriptors permits.
    var connections: Int?
    /// How many connections an address may have.
    var connectionsPerAddress = Self.defaults.connectionsPerAddress

    private static let defaults = GatewayConfiguration(daemon: "")

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
    init(parsing text: String, file: String = "tls.toml") throws(ConfigurationError) {
        self.init()
        var table = try ConfigurationTable(parsing: text, file: file)
        try take(from: &table)
    }

    private mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        let level = try table.take("log-level", default: logLevel.rawValue)
        guard let level = Logger.Level(rawValue: level) else {
            let levels = Logger.Level.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw table.error("log-level", "must be one of \(levels), not \"\(level)\".")
        }
        logLevel = level
        let version = try table.take("min-version", default: minimumVersion.rawValue)
        guard let version = GatewayConfiguration.Version(rawValue: version) else {
            throw table.error("min-version", "must be \"1.2\" or \"1.3\", not \"\(version)\".")
        }
        minimumVersion = version
        if let found = table.take("client-ca-file") {
            guard let path = found.string, path.hasPrefix("/"), !path.utf8.contains(0) else {
                throw table.error("client-ca-file", "must be an absolute path, not \(found).")
            }
            clientAuthorities = path
        }
        handshakes = try table.take("handshakes", default: handshakes, in: 1...65536)
        handshakeTimeout = try table.take("handshake-timeout", default: handshakeTimeout, in: 0.1...3600)
        let all = try table.take("connections", default: 0, in: 1...1 << 20)
        connections = all == 0 ? nil : all
        connectionsPerAddress = try table.take(
            "connections-per-address", default: connectionsPerAddress, in: 1...1 << 20)
        try table.finish()
    }
}
