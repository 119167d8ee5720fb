/// A piece of a line and how it is to look, where colour is on.
struct StyledText: Hashable, Sendable {
    /// How a text looks.
    enum Style: String, Hashable, Sendable {
        /// As the terminal writes.
        case plain = ""
        /// A heading.
        case heading = "1"
        /// What matters less: units, counts.
        case faint = "2"
        /// What is new here.
        case added = "32"
        /// What has just changed.
        case changed = "1;33"
        /// What is gone.
        case removed = "31"
        /// A Method.
        case method = "36"
    }

    /// The text, escaped.
    var text: String
    /// Its look.
    var style: Style

    /// A text of a style.
    init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }

    /// The text with the terminal's codes around it (ECMA-48, Select Graphic Rendition) if `colored`.
    func rendered(colored: Bool) -> String {
        guard colored, style != .plain, !text.isEmpty else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }
}

/// A line of styled pieces.
typealias StyledLine = [StyledText]

extension StyledLine {
    /// The whole line.
    func rendered(colored: Bool) -> String { map { $0.rendered(colored: colored) }.joined() }
}
