import ArgumentParser
import Jet
import JSONText

/// `jet call`: calls a Method.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call a Method and print what it returns.",
        discussion: """
            One array or object is the arguments as they are; other values, one or several, become an array. The \
            result is printed as JSON on one line. The path stands for itself: stars mean nothing special here.

            With --json: {"path", "result"}.

            Examples:
              jet call clock/now
              jet call math/add 1 2                 the arguments [1,2]
              jet call math/add '[1,2]'             the same
              jet call lamp/blink '{"times":3}'     arguments by name
              jet call greet --string Ada           the arguments ["Ada"]
              jet call slow/job --timeout 60
            """)

    @Argument(help: "The Method's path.", completion: PathCompletion.methods)
    var path: String

    @Argument(help: "Its arguments, in JSON.")
    var args: [String] = []

    @Flag(help: "Take each of the arguments as a string, as it stands.")
    var string = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws { _ = try json() }

    /// The path as it was typed.
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
            guard let args else { return try await $0.call(target, timeout: connection.ownersTime) }
            return try await $0.call(target, args, timeout: connection.ownersTime)
        }
        try output.write([output.json ? Record.answer(path: target, result: result) : result])
    }
}
