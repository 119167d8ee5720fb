import ArgumentParser
import Jet
import JSONText

/// `jet get`: the values of States.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print the value of a State, or of all that match.",
        discussion: """
            For one exact path: the value alone, as JSON on one line, so that a script can use it as it is. For any \
            other path-rule: path, value and unit, a line each, sorted by path. Methods have no value and are left out.

            With --json, a line a State, of the same shape as that of 'jet ls --json'.

            Examples:
              jet get system/uptime         12345
              jet get cpu/                  the values of all that begins with cpu/
              jet get 'net/*/state' --json  for a program
            """)

    @OptionGroup var rules: RuleOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard rules.pathRule != nil || rules.rule != nil else {
            throw ValidationError("Which path? 'jet get PATH'; 'jet ls' shows what there is.")
        }
    }

    func run() async throws {
        let filter = try rules.filter()
        let elements = try await connection.withPeer { try await $0.elements(filter) }
        let states = elements.filter { $0.value != nil }
        guard let first = states.first else { throw Self.noState(elements, rules) }
        if output.json {
            try output.write(states.lazy.map(\.record))
        } else if filter.pattern.onlyPath != nil, let value = first.value {
            try StandardOutput.write(lines: [TerminalText.json(value)])
        } else {
            try output.write(Listing.values(states.map(\.row)))
        }
    }

    private static func noState(_ methods: [Entry<JSON>], _ rules: RuleOptions) -> Failure {
        guard let method = methods.first else { return rules.nothingMatches }
        return Failure(
            .nothingMatched, "'\(method.path)' is a Method and has no value.",
            advice: "It can be called: jet call '\(method.path)'")
    }
}
