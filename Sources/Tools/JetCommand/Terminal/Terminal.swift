import Glibc

/// The properties of standard output.
struct Terminal: Sendable {
    /// Whether it is a terminal.
    let isTerminal: Bool
    /// Whether it is a terminal that can move its cursor.
    let canRepaint: Bool
    /// Whether the output has colours.
    let isColored: Bool

    /// The values of `--color`.
    enum ColorChoice: String, CaseIterable, Sendable {
        /// On a terminal that supports it, unless `NO_COLOR` is set.
        case auto
        /// Always.
        case always
        /// Never.
        case never
    }

    /// Determines the properties.
    ///
    /// `NO_COLOR` applies if it is set and not empty (no-color.org); with `TERM=dumb`, or without `TERM`, the terminal does not
    /// support escape sequences.
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

    /// The properties of standard output now.
    static func standardOutput(color: ColorChoice) -> Terminal {
        var environment: [String: String] = [:]
        for name in ["TERM", "NO_COLOR"] { environment[name] = getenv(name).map { String(cString: $0) } }
        return Terminal(isTerminal: isatty(STDOUT_FILENO) == 1, environment: environment, color: color)
    }

    /// The size of the terminal now; 80 × 24 if it is unknown.
    static var size: LiveTable.Size {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return LiveTable.Size(columns: 80, lines: 24)
        }
        return LiveTable.Size(columns: Int(size.ws_col), lines: Int(size.ws_row))
    }

    /// The number of columns to cut lists to; `nil` if the output is not a terminal.
    var width: Int? { isTerminal ? Self.size.columns : nil }
}

extension Terminal {
    /// Turns off the echo of the terminal, so that typing does not disturb the screen, until `restore()`.
    struct Echo {
        private let before: termios?

        init() {
            var settings = termios()
            // Changing the settings would stop a background process.
            guard tcgetpgrp(STDIN_FILENO) == getpgrp(), tcgetattr(STDIN_FILENO, &settings) == 0 else {
                before = nil
                return
            }
            before = settings
            settings.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        }

        /// Restores the echo.
        func restore() {
            guard var before else { return }
            // Discards input, which was not meant for the shell.
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        }
    }
}
