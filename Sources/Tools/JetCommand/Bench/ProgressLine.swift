import Glibc

/// How far a measurement is: one line on standard error that is written over, where that is a terminal; else nothing.
struct ProgressLine: Sendable {
    private let isShown = isatty(STDERR_FILENO) == 1

    /// Shows a text instead of the last one.
    func show(_ text: String) { write("\r\u{1B}[K" + TerminalText.escaped(text) + " …") }

    /// Leaves no trace.
    func clear() { write("\r\u{1B}[K") }

    private func write(_ text: String) {
        guard isShown else { return }
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
