/// The exit codes of `jet`. Scripts depend on them; they are documented in `jet --help` and jet(1).
enum ExitStatus: Int32, CaseIterable, Sendable {
    /// Success; also when the reader of the output has closed it, or Ctrl-C ended `jet watch`.
    case done = 0
    /// The daemon or the owner of the element refused.
    case refused = 1
    /// The command line is wrong.
    case usage = 2
    /// Cannot connect, or the connection was closed.
    case notConnected = 3
    /// The daemon or the owner of the element did not answer in time.
    case timeout = 4
    /// Nothing matched the PATH-RULE; or there is no such key, known daemon or device.
    case nothingMatched = 5

    /// The meaning, for `--help`.
    var meaning: String {
        switch self {
        case .done: "success"
        case .refused: "refused by the daemon or by the owner of the element"
        case .usage: "the command line is wrong"
        case .notConnected: "cannot connect, or the connection was closed"
        case .timeout: "no answer in time"
        case .nothingMatched: "nothing matched the PATH-RULE, or was found"
        }
    }

    /// A line for each, for `--help`.
    static var table: String {
        allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
    }
}
