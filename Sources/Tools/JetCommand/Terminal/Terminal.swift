import Glibc

/// What standard output is, and so how it may be written to.
struct Terminal: Sendable {
    /// Whether it is a terminal.
    let isTerminal: Bool
    /// Whether it is one that can move its cursor.
    let canRepaint: Bool
    /// Whether colour is wanted.
    let isColored: Bool

    /// What `--color` can say.
    enum ColorChoice: String, CaseIterable, Sendable {
        /// On a terminal that can, unless `NO_COLOR` is set.
        case auto
        /// In any case.
        case always
        /// In no case.
        case never
    }

    /// Decides from what is known of the output.
    ///
    /// `NO_COLOR` counts when it is set and not empty (no-color.org); `TERM=dumb`, or none, is a terminal that knows no
    /// codes.
    init(isTerminal: Bool, environment: [String: String], color: ColorChoice) {
        let term = environment["TERM"] ?? ""
        self.isTerminal = isTerminal
        canRepaint = isTerminal && !term.isEmpty && term != "dumb"
        isColored =
            switch color {
            case .always: true
            case .never: false
            case .auto: canRepaint && (environment["NO_COLOR"] ?? "").isEmpty
            }
    }

    /// What standard output is now.
    static func standardOutput(color: ColorChoice) -> Terminal {
        var environment: [String: String] = [:]
        for name in ["TERM", "NO_COLOR"] { environment[name] = getenv(name).map { String(cString: $0) } }
        return Terminal(isTerminal: isatty(STDOUT_FILENO) == 1, environment: environment, color: color)
    }

    /// The terminal's size now; the classic 80 × 24 if it does not say.
    static var size: LiveTable.Size {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return LiveTable.Size(columns: 80, lines: 24)
        }
        return LiveTable.Size(columns: Int(size.ws_col), lines: Int(size.ws_row))
    }

    /// The columns at which lists are cut; `nil` when the reader is no terminal.
    var width: Int? { isTerminal ? Self.size.columns : nil }
}

extension Terminal {
    /// Keeps what is typed from being written over a screen, from when it is made until `restore()`.
    struct Echo {
        private let before: termios?

        init() {
            var settings = termios()
            // A process in the background that touches the terminal's settings is stopped.
            guard tcgetpgrp(STDIN_FILENO) == getpgrp(), tcgetattr(STDIN_FILENO, &settings) == 0 else {
                before = nil
                return
            }
            before = settings
            settings.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        }

        /// Makes the terminal write again what is typed, if it did before.
        func restore() {
            guard var before else { return }
            // What was typed at the table is not meant for the shell.
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        }
    }
}
