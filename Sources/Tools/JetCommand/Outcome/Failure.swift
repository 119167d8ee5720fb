import Glibc
import JSONText
import Jet
import JetProtocol

/// An error of `jet`: the exit code, what is wrong, and what to do next.
struct Failure: Error, Hashable, Sendable {
    /// The exit code.
    var status: ExitStatus
    /// What is wrong, in one sentence.
    var message: String
    /// What to do, in one sentence.
    var advice: String?

    /// An error.
    init(_ status: ExitStatus, _ message: String, advice: String? = nil) {
        self.status = status
        self.message = message
        self.advice = advice
    }

    /// The text for standard error, safe for a terminal.
    var text: String {
        TerminalText.escapedLines((["jet: " + message] + [advice].compactMap(\.self)).joined(separator: "\n"))
    }

    /// The text for standard error if `jet` retries.
    var retrying: String { TerminalText.escapedLines("jet: \(message) Retrying.") }
}

extension Failure {
    /// The error for an error of the library Jet.
    init(_ error: JetError) {
        switch error.code {
        case .notConnected where error.refusal != nil:
            self = Self.refusedConnection(error)
        case .notConnected:
            self.init(
                .notConnected, Self.sentence(error.message),
                advice: "If it listens elsewhere, use --connect URL or the environment variable JET_CONNECT.")
        case .notTrusted:
            self.init(.notConnected, Self.sentence(error.message), advice: "Nothing was sent.")
        case .closed:
            self.init(.notConnected, Self.sentence(error.message))
        case .invalidSecurity:
            self.init(.usage, Self.sentence(error.message))
        case .invalidEndpoint:
            self.init(
                .usage, Self.sentence(error.message),
                advice: "Write a host, or a URL such as unix:/run/jet/jet.sock or tcp://host:11122.")
        case .timeout:
            self.init(.timeout, Self.sentence(error.message), advice: "To wait longer, use --timeout SECONDS.")
        case .responseTimeout:
            self.init(
                .timeout, "The owner of the element did not answer in time.",
                advice: "To wait longer, use --timeout SECONDS.")
        default:
            self = Self.refusal(error)
        }
    }

    /// The daemon has refused or ended the connection, and has said why.
    private static func refusedConnection(_ error: JetError) -> Failure {
        switch error.refusal {
        case .limit?:
            Failure(
                .notConnected, sentence(error.message),
                advice:
                    "Too many are connected. Close other connections; the limits are in jetd.toml(5) and jet-tls(8).")
        case .invalidKey?:
            Failure(
                .notConnected, "The daemon no longer knows your key, and has closed the connection.",
                advice: "If it was removed by mistake, pair again: jet pair HOST")
        default: Failure(.notConnected, sentence(error.message))
        }
    }

    /// No element matches.
    static func nothingMatches(_ rule: String?, pattern: PathPattern) -> Failure {
        guard let rule else {
            return Failure(.nothingMatched, "There are no elements on the bus.")
        }
        guard let path = pattern.onlyPath else { return Failure(.nothingMatched, "No element matches '\(rule)'.") }
        return Failure(
            .nothingMatched, "There is no element '\(path)'.",
            advice: "Use '\(path)/' for all paths below it, '*\(path)*' for all paths that contain it.")
    }

    /// A message with a full stop, unless it has one.
    static func sentence(_ message: String) -> String {
        message.hasSuffix("?") || message.hasSuffix(".") ? message : message + "."
    }

    /// The code and the data of an owner's error, unless the message has them already: which field is wrong and why.
    private static func details(_ error: JetError) -> String? {
        let isOwn = error.code != .invalidParams && error.code != .internalError
        let members = error.data?.object?.map(\.name)
        let isSaid = error.data?.isNull ?? true || members.map { Set($0).isSubset(of: ["field", "reason"]) } ?? false
        let parts = [isOwn ? "code \(error.code)" : nil, isSaid ? nil : error.data.map { "\($0)" }]
        return parts.contains { $0 != nil } ? parts.compactMap(\.self).joined(separator: ", ") : nil
    }

    /// Whether this user may not open the socket of the system's daemon.
    private static var isShutOut: Bool { access("/run/jet/jet.sock", W_OK) != 0 && errno == EACCES }

    /// The error for an error object from the bus.
    private static func refusal(_ error: JetError) -> Failure {
        switch error.refusal {
        case .pathNotExists(let path):
            return Failure(.refused, "There is no element '\(path)'.", advice: "'jet ls' lists all elements.")
        case .fetchOnly(let path):
            return Failure(.refused, "'\(path)' is read-only.")
        case .noAccess(let path):
            return Failure(
                .refused, "You have no permission to do this with '\(path)'.",
                advice: Self.isShutOut
                    ? "Only members of some groups may do it. Use --user NAME, or become a member of the group jet to use "
                        + "/run/jet/jet.sock, where grants apply."
                    : "Only members of some groups may do it. Use --user NAME, or a grant in jetd.toml(5).")
        case .notAState(let path):
            return Failure(.refused, "'\(path)' is a Method.", advice: "To call it: jet call '\(path)'")
        case .notAMethod(let path):
            return Failure(.refused, "'\(path)' is a State.", advice: "To set it: jet set '\(path)' VALUE")
        case .loginRequired:
            return Failure(
                .refused, "The daemon serves only peers that have logged in.",
                advice: "Pair with it: jet pair HOST. Or use --user NAME.")
        case .unencrypted:
            return Failure(
                .refused, "The daemon does not accept passwords over an unencrypted connection from another machine.",
                advice: "Use TLS: --connect HOST, after 'jet remote enable' on the device.")
        case .invalidKey:
            return Failure(
                .refused, "The daemon does not know your key; it may have been removed there.",
                advice: "Pair again: jet pair HOST. Or use --user NAME.")
        case .invalidCode(let reason):
            return .invalidCode(reason)
        case .invalidUser:
            return Failure(.refused, "There is no such user.")
        case .invalidPassword:
            return Failure(.refused, "The password is wrong.")
        case .ownerGone(let path):
            return Failure(.refused, "The owner of '\(path)' disconnected before it answered.")
        default:
            return Failure(.refused, "Refused: " + sentence(error.message), advice: details(error))
        }
    }
}

extension Failure {
    /// The failure for an error; `.some(nil)` if it is a normal end; `nil` if it comes from the argument parser.
    static func outcome(of error: any Error) -> Failure?? {
        switch error {
        case is StandardOutput.Closed, is CancellationError: .some(nil)
        case let failure as Failure: failure
        case let error as JetError: error.code == .cancelled ? .some(nil) : Failure(error)
        default: nil
        }
    }

    /// The connection was closed unexpectedly, for a reason that the daemon has given or for none.
    static func connectionEnded(_ endpoint: Endpoint, _ error: JetError? = nil) -> Failure {
        if let error, error.refusal != nil { return Failure(error) }
        return Failure(
            .notConnected, "The connection to \(endpoint) was closed.",
            advice: "The daemon has stopped or was restarted. To retry, use --reconnect.")
    }
}
