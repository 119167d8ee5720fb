import ArgumentParser
import CLinux
import ConfigurationFile
import DocumentedEvents
import Glibc
import Journal
import Logging
import Signals
import Systemd
import TLSGateway

/// The main program of the gateway: command line, wiring, exit codes.
public enum JetTLS {
    /// Runs the gateway as the command line says. Exits with another status than 0 if that fails.
    public static func main() async {
        StandardStreams.fill()
        let options = options()
        do {
            if options.checkConfig { check(options) } else { try await serve(options) }
        } catch let error as ConfigurationError {
            complain("\(error)")
            exit(2)
        } catch {
            complain("\(error)")
            exit(1)
        }
    }

    /// Reads the command line. Prints what it asks for, such as the help, and exits; exits with 2 if it is wrong.
    private static func options() -> JetTLSOptions {
        do {
            return try JetTLSOptions.parse()
        } catch {
            if JetTLSOptions.exitCode(for: error).isSuccess { JetTLSOptions.exit(withError: error) }
            // The journal shows an entry as one line.
            let message = JetTLSOptions.message(for: error).split { $0 == " " || $0 == "\n" }.joined(separator: " ")
            let isSentence = message.last.map { ".?".contains($0) } ?? false
            complain("\(message)\(isSentence ? "" : ".") See 'jet-tls --help'.")
            exit(2)
        }
    }

    private static func check(_ options: JetTLSOptions) {
        do {
            _ = try TLSSetup(options, environment: environment)
        } catch {
            // It goes to the journal only from jet-tls.service, which checks the configuration before a reload.
            JetLog.complain("jet-tls", "\(error)", GatewayEvent.notReloaded)
            exit(2)
        }
    }

    private static func serve(_ options: JetTLSOptions) async throws {
        // Each connection needs two descriptors.
        DescriptorLimit.raise()
        let setup: TLSSetup
        do {
            setup = try TLSSetup(options, environment: environment)
        } catch {
            complain("\(error)")
            exit(2)
        }
        shareHeap()
        signal(SIGPIPE, SIG_IGN)
        let level = LogLevel(setup.logLevel)
        let logger = JetLog.start("jet-tls", level: level).logger

        // SIGTERM is from systemd (daemon(7)), SIGINT from Ctrl-C, SIGHUP from `systemctl reload`.
        let endSignals = ProcessSignals(SIGTERM, SIGINT)
        let reloadSignals = ProcessSignals(SIGHUP)
        let gateway = try await Gateway(setup.configuration, setup.credentials, logger: logger)
        let endpoints = try await listen(gateway, options)
        logger.note(
            GatewayEvent.serving,
            [
                "endpoints": "\(endpoints.joined(separator: ", "))", "fingerprint": "\(setup.credentials.fingerprint)",
                "connections": "\(setup.configuration.connections)",
            ])
        // The log has them, too.
        if !JetLog.hasStandardOutput {
            for endpoint in endpoints { print("listening \(endpoint)") }
            fflush(nil)
        }
        let manager = ServiceNotifier(status: status(of: GatewayCounts())) { error in
            logger.debug("cannot notify systemd", metadata: ["reason": "\(error)"])
        }
        try await attend(gateway, manager)
        let reloading = Task {
            for await _ in reloadSignals { await reload(gateway, options, level, manager, logger) }
        }
        for await _ in endSignals { break }
        // A second signal terminates the process.
        endSignals.release()
        reloading.cancel()
        manager.stopping()
        await gateway.stop()
    }

    /// Starts serving the sockets from systemd, and those of `--listen`.
    ///
    /// - Returns: The endpoints.
    private static func listen(_ gateway: Gateway, _ options: JetTLSOptions) async throws -> [String] {
        var endpoints: [String] = []
        for socket in try ListenDescriptor.received() {
            guard let family = socket.family, [AF_INET, AF_INET6].contains(family) else {
                throw GatewayError("the socket '\(socket.name)' from systemd is not a TCP socket")
            }
            try await gateway.serve(socket.descriptor)
            endpoints.append("'\(socket.name)'")
        }
        for address in options.listen {
            let port = try await gateway.listen(host: address.host, port: address.port)
            endpoints.append(address.host.contains(":") ? "[\(address.host)]:\(port)" : "\(address.host):\(port)")
        }
        guard !endpoints.isEmpty else {
            throw GatewayError("there is nothing to listen on: start jetd-remote.socket, or use --listen")
        }
        return endpoints
    }

    /// The gateway serves. From now on systemd is kept informed.
    private static func attend(_ gateway: Gateway, _ manager: ServiceNotifier) async throws {
        let isManaged = manager.ready()
        try await gateway.reportCounts(atMostEvery: .seconds(5)) { counts in
            if isManaged { manager.show(status(of: counts)) }
            // NIOSSL keeps some 50 KiB for each connection. What they leave in the heap returns to the system only this way.
            if mallinfo2().fordblks > 4 << 20 { malloc_trim(0) }
        }
        guard isManaged else { return }
        guard let interval = manager.pingInterval else { return }
        try await gateway.watch(every: max(interval, .milliseconds(1))) { manager.alive() }
    }

    private static func status(of counts: GatewayCounts) -> String {
        "\(counts.connections) connection\(counts.connections == 1 ? "" : "s")"
    }

    /// Reads the files again. If something in them is wrong, the gateway keeps the old ones.
    private static func reload(
        _ gateway: Gateway, _ options: JetTLSOptions, _ level: LogLevel, _ manager: ServiceNotifier, _ logger: Logger
    ) async {
        manager.reloading()
        do {
            let setup = try TLSSetup(options, environment: environment)
            try await gateway.reload(setup.configuration, setup.credentials)
            level.value = setup.logLevel
            logger.note(GatewayEvent.reloaded, ["fingerprint": "\(setup.credentials.fingerprint)"])
            manager.reloaded()
        } catch {
            logger.note(GatewayEvent.notReloaded, ["reason": "\(error)"])
            manager.reloaded(failure: "not reloaded: \(error)")
        }
    }

    private static func complain(_ text: String) { JetLog.complain("jet-tls", text, GatewayEvent.notStarted) }

    /// The environment variables that the paths of the files depend on.
    private static var environment: [String: String] {
        var environment: [String: String] = [:]
        for name in ["CONFIGURATION_DIRECTORY", "CREDENTIALS_DIRECTORY"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment
    }

    /// Makes all threads allocate from one heap, as only the event loop allocates much.
    private static func shareHeap() {
        // M_ARENA_MAX of mallopt(3), which is no constant for Swift.
        let arenaMaximum: Int32 = -8
        _ = mallopt(arenaMaximum, 1)
    }
}
