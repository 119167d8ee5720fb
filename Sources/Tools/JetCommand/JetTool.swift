import ArgumentParser
import Glibc
import Jet
import JetProtocol

/// The command `jet`: access to a Jet bus from a shell.
struct JetTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jet",
        abstract: "Read, watch and change what is on a Jet bus.",
        discussion: """
            Data goes to standard output, messages go to standard error. Each command prints JSON for programs \
            with --json, and has examples in its --help.

            A PATH-RULE selects elements: 'a/b/c' is exactly this path; 'cpu/' is all paths that begin with cpu/; \
            '*temp*' is all paths that contain temp, where a star matches any characters, including '/'; -i ignores \
            case. A backslash escapes *, \\ and a / at the end. Use --rule JSON for all other rules of the protocol.

            Exit codes:
            \(ExitStatus.table)

            Environment: JET_CONNECT is the daemon, a host or a URL; JET_PASSWORD the password of --user. More in jet(1).

            Examples:
              jet ls                        a daemon of this machine
              jet -c shed ls                the device with the name shed, see 'jet pair' and 'jet context'
              jet --connect shed.local ls   the device at this address
            """,
        version: Release.version,
        subcommands: [
            ListCommand.self, GetCommand.self, WatchCommand.self, SetCommand.self, CallCommand.self, InfoCommand.self,
            TopCommand.self, BenchCommand.self, PasswdCommand.self, PairCommand.self, KeysCommand.self,
            ContextCommand.self,
            ForgetCommand.self, TLSCommand.self, RemoteCommand.self, DiscoverCommand.self,
        ])

    static func main() async {
        StandardOutput.ignoreBrokenPipes()
        Glibc.exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// Runs a command line and reports errors.
    static func run(_ arguments: [String]) async -> ExitStatus {
        do {
            var command = try await asyncParseAsRoot(
                JSONArgument.markingNegativeNumbers(LeadingOptions.moved(arguments)))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .done
        } catch {
            return report(error)
        }
    }

    /// Prints an error to standard error. Help and completion scripts are errors of the argument parser, too, and go to
    /// standard output.
    private static func report(_ error: any Error) -> ExitStatus {
        if let outcome = Failure.outcome(of: error) {
            if let failure = outcome { StandardOutput.say(failure.text) }
            return outcome?.status ?? .done
        }
        let message = fullMessage(for: error)
        guard exitCode(for: error).isSuccess else {
            let sentence = message.hasPrefix("Error: ") ? "jet: " + message.dropFirst("Error: ".count) : message
            StandardOutput.say(TerminalText.escapedLines(JSONArgument.unmarked(sentence)))
            return exitCode(for: error) == .validationFailure ? .usage : .refused
        }
        try? StandardOutput.write(lines: [message])
        return .done
    }
}
