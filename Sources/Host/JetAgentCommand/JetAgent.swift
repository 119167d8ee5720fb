import ArgumentParser
import ConfigurationFile
import DocumentedEvents
import Glibc
import AgentCore
import Jet
import JetProtocol
import Journal
import Logging
import Providers
import Netlink
import Signals
import Systemd

/// The agent's main: arguments, wiring, exit codes.
struct JetAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jet-agent",
        abstract: "Shows this machine on a Jet bus, and lets those who may change it.",
        discussion: """
            The agent needs no privileges. It waits until the daemon is available, and reconnects \
            when the daemon is restarted. It exits on SIGTERM or SIGINT, which removes all its states from the bus.

            Exit codes:
              0  an orderly end
              1  something that waiting cannot mend
              2  the command line or the configuration is wrong

            Examples:
              jet-agent --list            what can be shown here; no daemon is needed
              jet-agent --check-config    is agent.toml right?

            More in jet-agent(8) and agent.toml(5).
            """,
        version: Release.version)

    @Option(
        help: ArgumentHelp(
            """
            The daemon: unix:/path/of/socket, or tcp://, ws://, jets:// or wss:// with host:port. (default: as \
            configured; else $JET_CONNECT; else your own daemon, the system's, the loopback port)
            """,
            valueName: "url"),
        transform: { try Endpoint(parsing: $0) })
    var connect: Endpoint?

    @Option(help: ArgumentHelp("Where sysfs is mounted.", valueName: "dir"), completion: .directory)
    var sysfs = "/sys"

    @Option(help: ArgumentHelp("Where procfs is mounted.", valueName: "dir"), completion: .directory)
    var procfs = "/proc"

    @Option(
        help: ArgumentHelp("The root of the system whose /etc/os-release is shown.", valueName: "dir"),
        completion: .directory)
    var root = "/"

    @Option(
        help: ArgumentHelp(
            "What to show and what to let others do: a TOML file. (default: \(JetAgent.standardConfiguration), if it is there)",
            valueName: "file"),
        completion: .file(extensions: ["toml"]))
    var config: String?

    @Flag(help: "Check the configuration and end: 0 if it is right, 2 if not.")
    var checkConfig = false

    @Flag(
        help: """
            Print the rule of polkit that lets the agent do what the configuration allows to units of systemd, and end. \
            Root puts it into /etc/polkit-1/rules.d/61-jet-agent-services.rules.
            """)
    var printPolkitRules = false

    @Option(
        help: ArgumentHelp(
            "How often to poll what does not report its changes. (default: as configured; else 1)",
            valueName: "seconds"))
    var interval: Double?

    @Option(
        help: ArgumentHelp(
            "Leave a provider out: \(HostProviders.names.joined(separator: ", ")). May be given several times.",
            valueName: "provider"),
        completion: .list(HostProviders.names))
    var disable: [String] = []

    @Flag(help: "Print all readings once, each as a line of JSON, and end; no daemon is needed.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "How much to log: \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "level"),
        completion: .list(Logger.Level.allCases.map(\.rawValue)),
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else { throw ValidationError("'\(text)' is no level.") }
            return level
        })
    var logLevel = Logger.Level.info

    func validate() throws {
        if let interval, !AgentConfiguration.intervals.contains(interval) {
            throw ValidationError("--interval takes seconds, from 0.1 to 86400.")
        }
        for name in disable where !HostProviders.names.contains(name) {
            throw ValidationError(
                "There is no provider '\(name)'. There are: \(HostProviders.names.joined(separator: ", ")).")
        }
    }

    func run() async throws {
        let logger = JetLog.start("jet-agent", level: LogLevel(logLevel)).logger
        let host = Host(sysfs: sysfs, procfs: procfs, root: root)
        var settings = try settings()
        if checkConfig { return }
        if printPolkitRules {
            print(
                ServicePolkit.rules(for: settings["services"] as? ServicesConfiguration ?? ServicesConfiguration()),
                terminator: "")
            return
        }
        if let interval { settings.interval = .seconds(interval) }
        let providers = HostProviders.providers(
            of: host, configuration: settings, except: Set(disable), sockets: receivedSockets(logger), logger: logger)
        if list {
            for line in Self.listing(providers) { print(line) }
            return
        }
        signal(SIGPIPE, SIG_IGN)
        var configuration = Peer.Configuration(name: "jet-agent", reconnect: .always(), logger: logger)
        try settings.daemon.apply(to: &configuration)
        let service = AgentService(
            providers: providers, endpoint: connect ?? settings.daemon.endpoint, configuration: configuration,
            settings: settings, logger: logger)
        let endSignals = ProcessSignals(SIGTERM, SIGINT)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            group.addTask { for await _ in endSignals { return } }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// What the service manager has handed over, if it did.
    private func receivedSockets(_ logger: Logger) -> ReceivedNetlinkSockets {
        do throws(SystemdError) {
            return ReceivedNetlinkSockets(try ListenDescriptor.received())
        } catch {
            logger.warning(
                "cannot use the sockets that systemd passed", metadata: ["reason": "\(error)"])
            return ReceivedNetlinkSockets()
        }
    }

    /// Where the configuration is looked for.
    static let standardConfiguration = "/etc/jet/agent.toml"

    /// What the admin has set.
    private func settings() throws(ConfigurationError) -> AgentConfiguration {
        try AgentConfiguration(
            path: config ?? Self.standardConfiguration, isOptional: config == nil, of: HostProviders.all)
    }

    /// What all `providers` have to say now, sorted by path.
    private static func listing(_ providers: [any Provider]) -> [String] {
        providers.flatMap { provider in
            var provider = provider
            return provider.readings()
        }.sorted { $0.path < $1.path }.map(\.json.description)
    }

    static func main() async {
        do {
            let command = try parse()
            try await command.run()
        } catch let error as ConfigurationError {
            complain("\(error)")
            Glibc.exit(2)
        } catch {
            if exitCode(for: error).isSuccess { exit(withError: error) }
            guard exitCode(for: error) == .validationFailure else {
                complain("\(error)")
                Glibc.exit(1)
            }
            let message = fullMessage(for: error)
            complain(message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message)
            Glibc.exit(2)
        }
    }

    private static func complain(_ text: String) { JetLog.complain("jet-agent", text, AgentEvent.notStarted) }
}
