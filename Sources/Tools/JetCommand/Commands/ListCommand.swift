import ArgumentParser
import Jet
import JSONText

/// `jet ls`: what is on the bus.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the elements on the bus: States with their values, and Methods.",
        discussion: """
            Sorted by path. On a terminal, values are cut to its width; 'jet get' prints them whole.

            With --json, a line an element: {"path", "kind": "state" or "method", "value"?, "fetchOnly"?: true, \
            "meta"?: {"title"?, "unit"?, "datatype"?, "format"?}}. Methods have no value; what is fetchOnly can be \
            read but not be set or called.

            Examples:
              jet ls                        everything
              jet ls cpu/                   what begins with cpu/
              jet ls '*temp*' -i            what has temp, Temp, TEMP ... in its path
              jet ls 'net/*/state'          a star stands for any characters, also for several steps of a path
              jet ls --rule '{"value":{"isType":"number"},"sort":{"byValue":"number"}}'
              jet ls --json | jq -r .path   just the paths
            """)

    @OptionGroup var rules: RuleOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let filter = try rules.filter()
        let elements = try await connection.withPeer { try await $0.elements(filter) }
        guard !elements.isEmpty else { throw rules.nothingMatches }
        if output.json {
            try output.write(elements.lazy.map(\.record))
        } else {
            try output.write(Listing.elements(elements.map(\.row), width: output.terminal.width))
        }
    }
}
