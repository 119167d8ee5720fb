import Glibc

/// The progress of a measurement: one line on standard error that is overwritten, if it is a terminal; else nothing.
struct ProgressLine: Sendable {
    private let isShown = isatty(STDERR_FILENO) == 1

    /// Replaces the text.
    func show(_ text: String) { write("\r\u{1B}[K" + TerminalText.escaped(text) + " …") }

    /// Removes the text.
    func clear() { write("\r\u{1B}[K") }

    private func write(_ text: String) {
        guard isShown else { return }
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
