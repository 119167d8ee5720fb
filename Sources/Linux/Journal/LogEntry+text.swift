internal import Logging
internal import Moments

/// An entry as a line of text, for whoever started the program by hand or collects its output.
extension LogEntry {
    /// How lines look.
    enum Style: Hashable {
        /// For somebody who looks on: level and message.
        case terminal(isColored: Bool)
        /// For a file: with time and program.
        case file(program: String)
    }

    /// The line.
    func textRecord(_ style: Style, at time: Moment) -> LogRecord {
        switch style {
        case .terminal(let isColored):
            let name = isColored ? "\u{1B}[\(level.color)m\(level)\u{1B}[0m" : "\(level)"
            return LogRecord("\(name): \(text)\n")
        case .file(let program): return LogRecord("\(time.preciseText) \(program) \(level): \(text)\n")
        }
    }
}

extension Logger.Level {
    /// The parameter of the terminal's sequence that chooses the level's colour (ECMA-48, SGR).
    fileprivate var color: String {
        switch self {
        case .trace, .debug: "2"
        case .info: "32"
        case .notice: "36"
        case .warning: "33"
        case .error: "31"
        case .critical: "1;31"
        }
    }
}
