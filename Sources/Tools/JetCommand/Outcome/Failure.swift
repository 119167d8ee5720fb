import Glibc
import JSONText
import Jet
import JetProtocol

/// A run that did not do what it was asked: the exit code, what is wrong, and what to do next. All that `jet` says on
/// standard error comes from here.
struct Failure: Error, Hashable, Sendable {
    /// The exit code.
    var status: ExitStatus
    /// What is wrong, in a sentence.
    var message: String
    /// What can be done about it, in a sentence.
    var advice: String?

    /// A failure of these parts.
    init(_ status: ExitStatus, _ message: String, advice: String? = nil) {
        self.status = status
        self.message = message
        self.advice = advice
    }

    /// What is printed, safe for a terminal.
    var text: String {
        TerminalText.escapedLines((["jet: " + message] + [advice].compactMap(\.self)).joined(separator: "\n"))
    }

    /// What is printed when it is not the end.
    var retrying: String { TerminalText.escapedLines("jet: \(message) Trying again.") }
}

extension Failure {
    /// What an error of the peer library means to somebody who typed a command.
    init(_ error: JetError) {
        switch error.code {
        case .notConnected:
            self.init(
                .notConnected, Self.sentence(error.message),
                advice: "If it listens elsewhere: --connect URL, or the environment variable JET_CONNECT.")
        case .closed:
            self.init(.notConnected, Self.sentence(error.message))
        case .invalidEndpoint:
            self.init(
                .usage, Self.sentence(error.message), advice: "Such as unix:/run/jet/jet.sock or tcp://host:11122.")
        case .timeout:
            self.init(.timeout, Self.sentence(error.message), advice: "--timeout SECONDS waits longer.")
        case .responseTimeout:
            self.init(
                .timeout, "The owner of the element did not answer in time.", advice: "--timeout SECONDS waits longer.")
        default:
            self = Self.refusal(error)
        }
    }

    /// Nothing is there that matches what was asked for.
    static func nothingMatches(_ rule: String?, pattern: PathPattern) -> Failure {
        guard let rule else {
            return Failure(.nothingMatched, "There is no element on the bus yet.")
        }
        guard let path = pattern.onlyPath else { return Failure(.nothingMatched, "Nothing matches '\(rule)'.") }
        return Failure(
            .nothingMatched, "There is no element '\(path)'.",
            advice: "'\(path)/' would mean everything below it, '*\(path)*' everything with this text in its path.")
    }

    /// A message with an end, if it has none.
    private static func sentence(_ message: String) -> String {
        message.hasSuffix("?") || message.hasSuffix(".") ? message : message + "."
    }

    /// What an owner adds to its refusal: its own code, and data; unless that is what the sentence says already, which
    /// field is wrong and why.
    private static func details(_ error: JetError) -> String? {
        let isOwn = error.code != .invalidParams && error.code != .internalError
        let members = error.data?.object?.map(\.name)
        let isSaid = error.data?.isNull ?? true || members.map { Set($0).isSubset(of: ["field", "reason"]) } ?? false
        let parts = [isOwn ? "code \(error.code)" : nil, isSaid ? nil : error.data.map { "\($0)" }]
        return parts.contains { $0 != nil } ? parts.compactMap(\.self).joined(separator: ", ") : nil
    }

    /// Whether the system's daemon has a socket here that this user may not open.
    private static var isShutOut: Bool { access("/run/jet/jet.sock", W_OK) != 0 && errno == EACCES }

    /// The words for an error object that came over the bus.
    private static func refusal(_ error: JetError) -> Failure {
        switch error.refusal {
        case .pathNotExists(let path):
            return Failure(.refused, "There is no element '\(path)'.", advice: "'jet ls' shows what there is.")
        case .fetchOnly(let path):
            return Failure(.refused, "'\(path)' can be read, but not be set or called.")
        case .noAccess(let path):
            return Failure(
                .refused, "You have no right to do this to '\(path)'.",
                advice: Self.isShutOut
                    ? "Its owner lets only some groups do it. Who you are is known on /run/jet/jet.sock only, which is "
                        + "for members of the group jet; elsewhere --user NAME says it."
                    : "Its owner lets only some groups do it: by --user NAME, or by [grants] in jetd.toml(5).")
        case .notAState(let path):
            return Failure(.refused, "'\(path)' is a Method.", advice: "It can be called: jet call '\(path)'")
        case .notAMethod(let path):
            return Failure(.refused, "'\(path)' is a State.", advice: "It can be set: jet set '\(path)' VALUE")
        case .invalidUser:
            return Failure(.refused, "The daemon knows no such user.")
        case .invalidPassword:
            return Failure(.refused, "The daemon does not accept this password.")
        case .ownerGone(let path):
            return Failure(.refused, "The owner of '\(path)' went away before it answered.")
        default:
            return Failure(.refused, "Refused: " + sentence(error.message), advice: details(error))
        }
    }
}

extension Failure {
    /// What an error means; `.some(nil)`: it is an orderly end; `nil`: it comes from reading the command line.
    static func outcome(of error: any Error) -> Failure?? {
        switch error {
        case is StandardOutput.Closed, is CancellationError: .some(nil)
        case let failure as Failure: failure
        case let error as JetError: error.code == .cancelled ? .some(nil) : Failure(error)
        default: nil
        }
    }

    /// The connection is over while we wanted to go on.
    static func connectionEnded(_ endpoint: Endpoint) -> Failure {
        Failure(
            .notConnected, "The connection to \(endpoint) ended.",
            advice: "The daemon has stopped, or was restarted; --reconnect keeps trying.")
    }
}
