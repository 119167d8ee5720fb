import ArgumentParser
import Jet
import JSONText

/// `jet set`: sets a State.
struct SetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set a State: ask its owner to change the value.",
        discussion: """
            The owner may accept the value, adjust it or refuse it. On success prints nothing, unless the owner returns \
            a result, such as a token to confirm the change with. With --value, prints the value that the owner has \
            set, if it returns that. The path is literal: stars have no special meaning.

            With --json: {"path", "result": the result of the owner}; the result of most owners is true.

            Examples:
              jet set lamp/on true
              jet set lamp/level -5
              jet set lamp/color '"red"'    a JSON string needs quotes of its own
              jet set lamp/color --string red
              jet set lamp '{"on":true,"level":3}'
              jet set lamp/level 300 --value
            """)

    @Argument(help: "The path of the State.", completion: PathCompletion.states)
    var path: String

    @Argument(help: "The value, in JSON.")
    var value: String

    @Flag(help: "Pass the value as a string, not as JSON.")
    var string = false

    @Flag(name: .customLong("value"), help: "Print the value that the owner has set.")
    var printsValue = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws { _ = try json() }

    /// The path.
    private var target: String { JSONArgument.unmarked(path) }

    private func json() throws -> JSON {
        do {
            return try JSONArgument.value(value, asString: string)
        } catch {
            throw ValidationError(error.description)
        }
    }

    func run() async throws {
        let value = try json()
        let result = try await connection.withPeer {
            try await $0.set(target, to: value, timeout: connection.answerTimeout, valueAsResult: printsValue)
        }
        if output.json {
            try output.write([Record.answer(path: target, result: result)])
        } else if printsValue || result != true {
            try StandardOutput.write(lines: [TerminalText.json(result)])
        }
    }
}
