import ArgumentParser
import Jet
import JSONText

/// `jet call`: calls a Method.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call a Method and print what it returns.",
        discussion: """
            A single array or object is passed as the arguments; other values are put into an array. The result is \
            printed as JSON on one line. The path is literal: stars have no special meaning.

            With --json: {"path", "result"}.

            Examples:
              jet call clock/now
              jet call math/add 1 2                 with the arguments [1,2]
              jet call math/add '[1,2]'             the same
              jet call lamp/blink '{"times":3}'     with named arguments
              jet call greet --string Ada           with the arguments ["Ada"]
              jet call slow/job --timeout 60
            """)

    @Argument(help: "The path of the Method.", completion: PathCompletion.methods)
    var path: String

    @Argument(help: "The arguments, in JSON.")
    var args: [String] = []

    @Flag(help: "Pass each argument as a string, not as JSON.")
    var string = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws { _ = try json() }

    /// The path.
    private var target: String { JSONArgument.unmarked(path) }

    private func json() throws -> JSON? {
        do {
            return try JSONArgument.callArguments(args, asStrings: string)
        } catch {
            throw ValidationError(error.description)
        }
    }

    func run() async throws {
        let args = try json()
        let result = try await connection.withPeer {
            guard let args else { return try await $0.call(target, timeout: connection.answerTimeout) }
            return try await $0.call(target, args, timeout: connection.answerTimeout)
        }
        try output.write([output.json ? Record.answer(path: target, result: result) : result])
    }
}
