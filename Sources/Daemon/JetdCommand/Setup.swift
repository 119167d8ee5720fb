import ConfigurationFile
import Glibc
import JetBus
import JetDaemon
import JetProtocol
import Journal
import Logging
import Moments

/// Combines the configuration file with the command line, which overrides it.
struct Setup {
    /// The lowest level that is logged.
    let logLevel: LogLevel
    private let options: JetdOptions
    private let environment: [String: String]
    private let place: DaemonPaths
    /// The settings of the file that are in use.
    private var settings: DaemonSettings
    /// The memory that the daemon may use.
    let memory = MemoryLimit()
    /// The limit of descriptors.
    private let descriptors = DescriptorLimit.current

    /// Reads the file.
    ///
    /// - Throws: `ConfigurationError` if it is wrong.
    init(_ options: JetdOptions, environment: [String: String]) throws(ConfigurationError) {
        self.options = options
        self.environment = environment
        place = DaemonPaths(userID: geteuid(), environment: environment)
        settings = try Self.settings(options, place)
        logLevel = LogLevel(options.logLevel ?? settings.logLevel)
    }

    private static func settings(
        _ options: JetdOptions, _ place: DaemonPaths
    ) throws(ConfigurationError) -> DaemonSettings {
        if let path = options.config { return try DaemonSettings(path: path) }
        return try place.configuration.map { path throws(ConfigurationError) in
            try DaemonSettings(path: path, isOptional: true)
        } ?? DaemonSettings()
    }

    // MARK: Start

    /// A daemon's configuration.
    ///
    /// - Throws: `NoListeners` if there is nothing to listen on.
    func configuration(with sockets: ReceivedSockets) throws(NoListeners) -> DaemonConfiguration {
        var configuration = configuration(from: settings)
        configuration.sockets = sockets.sockets
        configuration.diagnosis = sockets.diagnosis
        configuration.listeners = listeners(areHandedOver: sockets.wereHandedOver)
        guard !configuration.listeners.isEmpty || !configuration.sockets.isEmpty else {
            throw NoListeners(wereHandedOver: sockets.wereHandedOver)
        }
        return configuration
    }

    /// There is nothing to listen on.
    struct NoListeners: Error, CustomStringConvertible {
        let wereHandedOver: Bool
        var description: String {
            wereHandedOver
                ? "none of the sockets from systemd can be served; see the errors above"
                : "there is nothing to listen on: all keys in [listen] are false; set one of them, or use --unix-path"
        }
    }

    /// The endpoints that the daemon opens itself.
    private func listeners(areHandedOver: Bool) -> [DaemonConfiguration.Listener] {
        let host = "127.0.0.1"
        var listeners: [DaemonConfiguration.Listener] = []
        if options.namesListeners {
            if let path = options.unixPath { listeners.append(.init(.unix(path: path))) }
            if let port = options.tcpPort { listeners.append(.init(.tcp(host: host, port: port))) }
            if let port = options.wsPort { listeners.append(.init(.webSocket(host: host, port: port))) }
            return listeners
        }
        guard !areHandedOver else { return [] }
        switch settings.listen.unix {
        case .usual:
            let path = LocalEndpoint.socketPath(userID: geteuid(), environment: environment)
            listeners.append(.init(.unix(path: path), makesFolder: true))
        case .path(let path): listeners.append(.init(.unix(path: path), makesFolder: true))
        case .none: break
        }
        if let port = settings.listen.tcpPort { listeners.append(.init(.tcp(host: host, port: port))) }
        if let port = settings.listen.webPort { listeners.append(.init(.webSocket(host: host, port: port))) }
        return listeners
    }

    /// The configuration without the listeners.
    private func configuration(from settings: DaemonSettings) -> DaemonConfiguration {
        var configuration = DaemonConfiguration(listeners: [])
        settings.remote.apply(to: &configuration)
        configuration.origins = settings.web.origins
        configuration.hasAPI = settings.web.api
        configuration.metrics = settings.metrics.configuration
        for origin in options.wsAllowOrigin { configuration.origins.formUnion(origin) }
        configuration.webFolders = settings.web.folders(radar: options.radar)
        configuration.messageLimit = options.messageLimit ?? settings.messageLimit
        configuration.pingInterval = options.wsPingMs ?? settings.web.pingInterval
        switch settings.users {
        case _ where options.users != nil: configuration.users = options.users
        case .usual: configuration.users = place.users
        case .path(let path): configuration.users = path
        case .none: configuration.users = nil
        }
        configuration.usersMayBeMissing = options.users == nil
        configuration.grants = settings.grants + options.grant
        configuration.accounts = settings.accounts
        configuration.paths = settings.paths
        configuration.silence = Int(clamping: settings.limits.silence.nanoseconds / 1_000_000)
        settings.limits.apply(to: &configuration.bus)
        settings.quotas.apply(to: &configuration, memory: memory.bytes, descriptors: descriptors)
        configuration.bus.name = options.name ?? settings.name
        configuration.bus.version = Release.version
        configuration.bus.seed = .random(in: .min ... .max)
        return configuration
    }

    // MARK: Reload

    /// Reads the file again and applies the settings that can change while the daemon runs. Logs the ones that need a restart.
    ///
    /// - Throws: What is wrong; then nothing changes.
    mutating func reload(_ daemon: Daemon, logger: Logger) async throws {
        var settings = try Self.settings(options, place)
        var fixed = settings.fixed(otherThan: self.settings)
        let hasUsers = configuration(from: self.settings).users != nil
        if (configuration(from: settings).users != nil) != hasUsers {
            fixed.append("users.file")
            settings.users = self.settings.users
        }
        try await daemon.reload(configuration(from: settings))
        logLevel.value = options.logLevel ?? settings.logLevel
        if !fixed.isEmpty {
            logger.warning(
                "some changed settings take effect only after a restart",
                metadata: ["keys": "\(fixed.joined(separator: ", "))"])
        }
        // These are compared again at the next reload.
        settings.keepFixed(of: self.settings)
        self.settings = settings
    }
}
