/// The bytes that draw on a terminal's alternate screen (xterm's private mode 1049, ECMA-48 cursor functions). Drawing
/// over it leaves what stood on the terminal before untouched, and a resize cannot tear a frame apart.
enum Screen {
    /// Switches to the alternate screen and hides the cursor.
    static var enter: String { "\u{1B}[?1049h\u{1B}[?25l" }

    /// Shows the cursor and the terminal as it was before.
    static var leave: String { "\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l" }

    /// Draws `lines` from the top and clears what is left of the frame before; without first clearing it all, which
    /// would flicker.
    static func frame(_ lines: [StyledLine], colored: Bool) -> String {
        let clearLine = "\u{1B}[K"
        let clearBelow = "\u{1B}[J"
        return "\u{1B}[H" + lines.map { $0.rendered(colored: colored) + clearLine }.joined(separator: "\r\n")
            + clearBelow
    }
}

extension Screen {
    /// Has the terminal's alternate screen, with nothing that is typed on it, while `body` runs.
    static func whileShown(_ body: () async throws -> Void) async throws {
        let echo = Terminal.Echo()
        try StandardOutput.write(enter)
        defer {
            try? StandardOutput.write(leave)
            echo.restore()
        }
        try await body()
    }
}
