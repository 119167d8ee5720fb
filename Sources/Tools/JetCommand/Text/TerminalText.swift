import JSONText
import Text

/// Text that is safe to print: paths, values and messages come from other programs, and what reaches a terminal raw
/// can move its cursor, change its title or turn the reading order around.
///
/// Everything that is no visible character is written as JSON escapes it: `\n`, `\u001b`. Inside the text of a JSON
/// value that is the same value again, so printed JSON stays JSON.
enum TerminalText {
    /// `text` with everything that is not printable escaped.
    static func escaped(_ text: String) -> String { text.escaped }

    /// `text` of several lines, each of them escaped.
    static func escapedLines(_ text: String) -> String {
        // By scalars: as a character, "\r\n" is one.
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).escaped }.joined(separator: "\n")
    }

    /// The JSON text of `value`, on one line.
    static func json(_ value: JSON) -> String { value.description.escaped }
}
