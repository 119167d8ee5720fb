import ArgumentParser
import Jet
import JSONText

/// `jet ls`: lists elements.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the elements on the bus: States with their values, and Methods.",
        discussion: """
            The list is sorted by path. On a terminal, values are cut to its width; 'jet get' prints them whole.

            With --json, one element per line: {"path", "kind": "state" or "method", "value"?, "fetchOnly"?: true, \
            "meta"?: {"title"?, "unit"?, "datatype"?, "format"?, "max"?, "crit"?}}. Methods have no value; an element \
            with fetchOnly is read-only.

            Examples:
              jet ls                        all elements
              jet ls cpu/                   all paths that begin with cpu/
              jet ls '*temp*' -i            all paths that contain temp, Temp, TEMP ...
              jet ls 'net/*/state'          a star matches any characters, including '/'
              jet ls --rule '{"value":{"isType":"number"},"sort":{"byValue":"number"}}'
              jet ls --json | jq -r .path   only the paths
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
