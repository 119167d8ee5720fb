import ArgumentParser
import CLinux
import ConfigurationFile
import DocumentedEvents
import Glibc
import JetBus
import JetDaemon
import JetProtocol
import Journal
import Logging
import Signals
import Systemd

/// The main program of the daemon: command line, wiring, exit codes.
public enum Jetd {
    /// Runs the daemon as the command line says. Exits with another status than 0 if that fails.
    public static func main() async {
        StandardStreams.fill()
        do {
            let options = options()
            if options.checkConfig { try check(options) } else { try await serve(options) }
        } catch let error as ConfigurationError {
            complain("\(error)")
            exit(2)
        } catch {
            complain("\(error)")
            exit(1)
        }
    }

    /// Reads the command line. Prints what it asks for, such as the help, and exits; exits with 2 if it is wrong.
    private static func options() -> JetdOptions {
        do {
            return try JetdOptions.parse()
        } catch {
            if JetdOptions.exitCode(for: error).isSuccess { JetdOptions.exit(withError: error) }
            // The journal shows an entry as one line.
            let message = JetdOptions.message(for: error).split { $0 == " " || $0 == "\n" }.joined(separator: " ")
            let isSentence = message.last.map { ".?".contains($0) } ?? false
            complain("\(message)\(isSentence ? "" : ".") See 'jetd --help'.")
            exit(2)
        }
    }

    private static func check(_ options: JetdOptions) throws {
        do throws(ConfigurationError) {
            _ = try Setup(options, environment: environment)
        } catch {
            // It goes to the journal only from jetd.service, which checks the configuration before a reload.
            JetLog.complain("jetd", "\(error)", DaemonEvent.notReloaded)
            exit(2)
        }
    }

    private static func serve(_ options: JetdOptions) async throws {
        // Each connection needs a descriptor.
        DescriptorLimit.raise()
        let setup = try Setup(options, environment: environment)
        let logger = JetLog.start("jetd", level: setup.logLevel).logger
        let sockets = ReceivedSockets(logger: logger)
        let configuration = try setup.configuration(with: sockets)
        logger.info(
            "limits of all accounts together",
            metadata: [
                "memory": "\(setup.memory.bytes)", "group": "\(setup.memory.source)",
                "bytes": "\(configuration.bus.quotas.bytes)", "unread": "\(configuration.bus.quotas.unreadBytes)",
                "connections": "\(configuration.connections)",
            ])
        shareHeap()
        signal(SIGPIPE, SIG_IGN)

        // SIGTERM is from systemd (daemon(7)), SIGINT from Ctrl-C, SIGHUP from `systemctl reload`.
        let endSignals = ProcessSignals(SIGTERM, SIGINT)
        let reloadSignals = ProcessSignals(SIGHUP)
        let daemon = Daemon(configuration: configuration, logger: logger)
        let endpoints = try await daemon.start()
        // The log has them, too.
        if !JetLog.hasStandardOutput {
            for endpoint in endpoints { print("listening \(endpoint)") }
            fflush(nil)
        }
        let manager = ServiceNotifier(logger: logger)
        await manager.attend(daemon)
        let reloading = Task {
            var setup = setup
            for await _ in reloadSignals { await reload(daemon, &setup, manager, logger) }
        }
        for await _ in endSignals { break }
        // A second signal terminates the process.
        endSignals.release()
        reloading.cancel()
        manager.stopping(status: "answering what is still pending")
        await daemon.stop()
    }

    /// Reads the files again. If something in them is wrong, the daemon keeps the old settings.
    private static func reload(
        _ daemon: Daemon, _ setup: inout Setup, _ manager: ServiceNotifier, _ logger: Logger
    ) async {
        manager.reloading()
        do {
            try await setup.reload(daemon, logger: logger)
            logger.note(DaemonEvent.reloaded)
            manager.reloaded()
        } catch {
            logger.note(DaemonEvent.notReloaded, ["reason": "\(error)"])
            manager.reloaded(failure: "not reloaded: \(error)")
        }
    }

    private static func complain(_ text: String) { JetLog.complain("jetd", text, DaemonEvent.notStarted) }

    /// The environment variables that the paths of the socket and the files depend on.
    private static var environment: [String: String] {
        var environment: [String: String] = [:]
        for name in ["RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"] + DaemonPaths.variables {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment
    }

    /// Makes all threads allocate from one heap. Only the event loop allocates much; in an arena of its own (malloc(3)) it
    /// would ask the kernel for each page, in the main one it asks for 128 KiB at a time.
    private static func shareHeap() {
        // M_ARENA_MAX of mallopt(3), which is no constant for Swift.
        let arenaMaximum: Int32 = -8
        _ = mallopt(arenaMaximum, 1)
    }
}
