import ConfigurationFile
import Glibc
import Journal
import Logging
import TLSGateway

/// Combines the configuration file with the command line, which overrides it.
struct TLSSetup {
    /// What the gateway needs.
    let configuration: GatewayConfiguration
    /// Its certificate.
    let credentials: GatewayCredentials
    /// The lowest level that is logged.
    let logLevel: Logger.Level

    /// The path of the daemon's socket, if no option says otherwise.
    static let daemon = "/run/jetd-gateway.sock"

    /// Reads the files.
    ///
    /// - Throws: `ConfigurationError` or `GatewayError` if one of them is wrong.
    init(_ options: JetTLSOptions, environment: [String: String]) throws {
        let settings = try Self.settings(options, environment)
        logLevel = options.logLevel ?? settings.logLevel
        var configuration = GatewayConfiguration(daemon: options.daemon ?? Self.daemon)
        configuration.minimumVersion = settings.minimumVersion
        configuration.handshakes = settings.handshakes
        configuration.handshakeTimeout = settings.handshakeTimeout
        let most = GatewayConfiguration.connections(ofDescriptors: DescriptorLimit.current)
        configuration.connections = min(settings.connections ?? most, most)
        configuration.connectionsPerAddress = settings.connectionsPerAddress
        self.configuration = configuration
        let files = try CertificateFiles.current(options, credentials: environment["CREDENTIALS_DIRECTORY"])
        credentials = try files.read(clientAuthorities: settings.clientAuthorities)
        try Gateway.check(configuration, credentials)
    }

    private static func settings(
        _ options: JetTLSOptions, _ environment: [String: String]
    ) throws(ConfigurationError) -> TLSSettings {
        if let path = options.config { return try TLSSettings(path: path) }
        let folder = environment["CONFIGURATION_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        guard let folder = folder ?? (geteuid() == 0 || environment["CREDENTIALS_DIRECTORY"] != nil ? "/etc/jet" : nil)
        else { return TLSSettings() }
        return try TLSSettings(path: folder + "/tls.toml", isOptional: true)
    }
}

/// The limit of file descriptors of this process, `RLIMIT_NOFILE` of getrlimit(2).
enum DescriptorLimit {
    /// The limit now.
    static var current: Int { Int(clamping: limits.rlim_cur) }

    /// Raises it to the highest one that is permitted.
    static func raise() {
        var limits = limits
        limits.rlim_cur = limits.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
    }

    private static var limits: rlimit {
        var limits = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        return limits
    }
}
