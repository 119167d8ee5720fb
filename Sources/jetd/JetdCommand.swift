import ArgumentParser
import Glibc
import JetBus
import JetDaemon
import JetProtocol
import Logging
import ServiceLifecycle
import UnixSignals

/// The daemon's command line.
@main
struct JetdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jetd",
        abstract: "The Jet daemon: the bus that peers connect to.",
        discussion: """
            Without arguments it listens on the unix socket where the peers of this machine look for it (as root \
            /run/jet/jet.sock, as a user $XDG_RUNTIME_DIR/jet/jet.sock or /tmp/jet-UID/jet.sock), and on the loopback \
            port 11122. With --unix-path or --tcp-port it listens only where they say. It prints each endpoint on a \
            line of its own, and ends on SIGTERM or SIGINT.
            """,
        version: "0.1.0")

    @Option(help: ArgumentHelp("Listen on this unix socket.", valueName: "path"))
    var unixPath: String?

    @Option(help: ArgumentHelp("Listen on this port of the loopback interface; 0 means any.", valueName: "port"))
    var tcpPort: Int?

    @Option(help: ArgumentHelp("What the daemon is called in 'info'.", valueName: "name"))
    var name = "jetd"

    @Option(help: ArgumentHelp("The longest message that is read.", valueName: "bytes"))
    var messageLimit = 16 << 20

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String = "info"

    mutating func validate() throws {
        if let unixPath {
            do {
                _ = try Endpoint(parsing: "unix:\(unixPath)")
            } catch {
                throw ValidationError("--unix-path: \(error.reason)")
            }
        }
        if let tcpPort, !(0...65535).contains(tcpPort) {
            throw ValidationError("--tcp-port: a port is a number from 0 to 65535")
        }
        guard (1024...1 << 30).contains(messageLimit) else {
            throw ValidationError("--message-limit: a number of bytes from 1024 to \(1 << 30)")
        }
        guard Logger.Level(rawValue: logLevel) != nil else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--log-level: one of \(levels)")
        }
    }

    func run() async throws {
        var logger = Logger(label: "jetd", factory: StreamLogHandler.standardError(label:))
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        var configuration = DaemonConfiguration.local(userID: geteuid(), environment: Self.environment)
        if unixPath != nil || tcpPort != nil {
            configuration.listeners = []
            if let unixPath { configuration.listeners.append(.init(.unix(path: unixPath))) }
            if let tcpPort { configuration.listeners.append(.init(.tcp(host: "127.0.0.1", port: tcpPort))) }
        }
        configuration.messageLimit = messageLimit
        configuration.bus.name = name
        configuration.bus.version = Self.configuration.version
        configuration.bus.seed = .random(in: .min ... .max)
        Self.raiseDescriptorLimit()
        signal(SIGPIPE, SIG_IGN)

        let daemon = Daemon(configuration: configuration, logger: logger) { endpoints in
            for endpoint in endpoints { print("listening \(endpoint)") }
            fflush(nil)
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: daemon, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    /// The environment of this process.
    private static var environment: [String: String] {
        var environment: [String: String] = [:]
        for name in ["RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment
    }

    /// A connection is a descriptor: allow as many as the system lets us have.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
