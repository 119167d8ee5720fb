import ArgumentParser
import Glibc
import Jet
import JetProtocol

/// The command `jet`: everything that people and scripts want from a Jet bus, from a shell.
struct JetTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jet",
        abstract: "Look at a Jet bus and act on it.",
        discussion: """
            Data goes to standard output, everything else to standard error. Each command prints JSON for programs \
            with --json, and has examples in its --help.

            A PATH-RULE says which elements: 'a/b/c' exactly this path; 'cpu/' all that begins so; '*temp*' all that \
            has temp in it, a star standing for any characters, '/' included; -i for either case. A backslash takes \
            the special meaning from *, \\ and a last /. What it cannot say, --rule JSON can, in the protocol's words.

            Exit codes:
            \(ExitStatus.table)

            Environment: JET_CONNECT is the daemon, JET_PASSWORD the password of --user. More in jet(1).
            """,
        version: Release.version,
        subcommands: [
            ListCommand.self, GetCommand.self, WatchCommand.self, SetCommand.self, CallCommand.self, InfoCommand.self,
            TopCommand.self, BenchCommand.self, PasswdCommand.self,
        ])

    static func main() async {
        StandardOutput.ignoreBrokenPipes()
        Glibc.exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// Does what a command line says, and says what went wrong.
    static func run(_ arguments: [String]) async -> ExitStatus {
        do {
            var command = try await asyncParseAsRoot(JSONArgument.markingNegativeNumbers(arguments))
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

    /// Says on standard error what went wrong; what the user asked for (help, completion scripts) comes as an error
    /// too, and goes to standard output.
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
