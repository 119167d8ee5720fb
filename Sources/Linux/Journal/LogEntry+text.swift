internal import Logging
internal import Moments

/// An entry as a line of text, for a terminal or a log file.
extension LogEntry {
    /// The style of the lines.
    enum Style: Hashable {
        /// For a terminal: level and message.
        case terminal(isColored: Bool)
        /// For a file: time, program, level and message.
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
    /// The colour of the level, as a parameter of the SGR sequence (ECMA-48).
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
