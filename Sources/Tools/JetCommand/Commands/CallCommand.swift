import ArgumentParser
import Jet
import JSONText
import JetProtocol

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
        let result = try await connection.withPeer { peer in
            do throws(JetError) {
                guard let args else { return try await peer.call(target, timeout: connection.answerTimeout) }
                return try await peer.call(target, args, timeout: connection.answerTimeout)
            } catch {
                guard case .notAMethod(let path) = error.refusal, await Self.isReadOnly(path, peer) else { throw error }
                throw Failure(.refused, "'\(path)' is a read-only State.", advice: "To print it: jet get '\(path)'")
            }
        }
        try output.write([output.json ? Record.answer(path: target, result: result) : result])
    }

    /// Whether an element is one that this peer cannot set.
    private static func isReadOnly(_ path: String, _ peer: Peer) async -> Bool {
        let rule = FetchRule(path: PathRule([.equals(Array(path.utf8))]))
        return (try? await peer.get(rule))?.first?.isFetchOnly ?? false
    }
}
