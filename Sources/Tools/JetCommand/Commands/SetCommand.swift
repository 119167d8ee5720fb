import ArgumentParser
import Jet
import JSONText

/// `jet set`: asks a State's owner for another value.
struct SetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set a State: ask its owner to take another value.",
        discussion: """
            The owner may take the value, adjust it or refuse it. Prints nothing when it was taken, but for what the \
            owner answers beside that, such as a token to confirm it with; with --value, the value that the owner \
            took, if it says so. The path stands for itself: stars mean nothing special here.

            With --json: {"path", "result": what the owner answered}, by most owners true.

            Examples:
              jet set lamp/on true
              jet set lamp/level -5
              jet set lamp/color '"red"'    a string has quotes, inside those of the shell
              jet set lamp/color --string red
              jet set lamp '{"on":true,"level":3}'
              jet set lamp/level 300 --value
            """)

    @Argument(help: "The State's path.", completion: PathCompletion.states)
    var path: String

    @Argument(help: "The value, in JSON.")
    var value: String

    @Flag(help: "Take the value as a string, as it stands.")
    var string = false

    @Flag(name: .customLong("value"), help: "Ask for the value that the owner took, and print it.")
    var printsValue = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws { _ = try json() }

    /// The path as it was typed.
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
            try await $0.set(target, to: value, timeout: connection.ownersTime, valueAsResult: printsValue)
        }
        if output.json {
            try output.write([Record.answer(path: target, result: result)])
        } else if printsValue || result != true {
            try StandardOutput.write(lines: [TerminalText.json(result)])
        }
    }
}
