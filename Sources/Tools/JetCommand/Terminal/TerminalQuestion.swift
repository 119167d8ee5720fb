import Glibc

/// Questions to the person at the terminal.
enum TerminalQuestion {
    /// Asks for a line, which is shown while it is typed.
    ///
    /// - Throws: `Failure` at the end of the input.
    static func ask(_ prompt: String) throws(Failure) -> String {
        var text = TerminalText.escaped(prompt)
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        guard let line = PasswordPrompt.line(from: STDIN_FILENO) else {
            StandardOutput.say("")
            throw Failure(.usage, "There was no answer. Nothing was done.")
        }
        return String(line.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// Asks whether to go on; only `yes` does.
    static func confirm(_ prompt: String) throws(Failure) -> Bool {
        try ask(prompt + " (yes/no) ").lowercased() == "yes"
    }
}

extension Terminal {
    /// Whether standard error is a terminal.
    static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
