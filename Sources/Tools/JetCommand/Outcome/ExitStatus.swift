/// How a run of `jet` ended, for scripts: its exit code. The numbers are a promise, written down in `jet --help` and
/// the README.
enum ExitStatus: Int32, CaseIterable, Sendable {
    /// Done; also when the reader of the output went away, or Ctrl-C ended a `jet watch`.
    case done = 0
    /// The daemon or the owner of the element refused.
    case refused = 1
    /// The command line says nothing that can be done.
    case usage = 2
    /// No daemon could be reached, or the connection ended.
    case notConnected = 3
    /// The daemon or the owner of the element did not answer in time.
    case timeout = 4
    /// Nothing matched the PATH-RULE.
    case nothingMatched = 5

    /// What it means, in a few words.
    var meaning: String {
        switch self {
        case .done: "done"
        case .refused: "refused by the daemon or by the element's owner"
        case .usage: "the command line is wrong"
        case .notConnected: "cannot connect, or the connection ended"
        case .timeout: "no answer in time"
        case .nothingMatched: "nothing matched the PATH-RULE"
        }
    }

    /// All of them, a line each, for `--help`.
    static var table: String {
        allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
    }
}
