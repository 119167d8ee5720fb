import ArgumentParser
import Jet
import JSONText

/// `jet get`: the values of States.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print the value of a State, or of all States that match.",
        discussion: """
            For an exact path: the value only, as JSON on one line, for use in scripts. For any other path-rule, and \
            without one, which means all States: path, value and unit of each State, one per line, sorted by path. \
            Methods have no value and are left out.

            With --json, one State per line, in the form of 'jet ls --json'.

            Examples:
              jet get system/uptime         12345
              jet get cpu/                  the values of all paths that begin with cpu/
              jet get                       all values
              jet get 'net/*/state' --json  for a program
            """)

    @OptionGroup var rules: RuleOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

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
        guard rules.pathRule ?? rules.rule != nil else {
            return Failure(.nothingMatched, "There are no States on the bus.")
        }
        return Failure(
            .nothingMatched, "'\(method.path)' is a Method and has no value.",
            advice: "To call it: jet call '\(method.path)'")
    }
}
