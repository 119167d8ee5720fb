import JSONText
import JetProtocol

/// The lists that `jet ls` and `jet get` print: one line an element, columns aligned.
///
/// A path is never cut, since it is there to be copied; paths that are longer than half the line do not push the
/// columns of the others.
enum Listing {
    /// One element.
    struct Row: Hashable, Sendable {
        /// Its path.
        var path: String
        /// Its value; `nil` for a Method.
        var value: JSON?
        /// Its unit, if it has one.
        var unit: String?

        /// A row of an element.
        init(path: String, value: JSON?, unit: String? = nil) {
            self.path = path
            self.value = value
            self.unit = unit
        }

        /// The value's text and the unit after it.
        func value(width: Int?) -> StyledLine {
            guard let value else { return [] }
            let text = TerminalText.json(value)
            guard let unit = unit.map(TerminalText.escaped), !unit.isEmpty else {
                return [StyledText(width.map { DisplayWidth.cut(text, to: $0) } ?? text)]
            }
            let room = width.map { max(0, $0 - DisplayWidth.of(unit) - 1) }
            return [StyledText(room.map { DisplayWidth.cut(text, to: $0) } ?? text), StyledText(" " + unit, .faint)]
        }
    }

    /// What `jet ls` prints: kind, path, and the value cut to what is left of the line.
    ///
    /// - Parameters:
    ///   - rows: The elements, in order.
    ///   - width: The terminal's columns; `nil`: nothing is cut.
    /// - Returns: The lines.
    static func elements(_ rows: [Row], width: Int?) -> [StyledLine] {
        let kindWidth = 8
        let paths = rows.map { TerminalText.escaped($0.path) }
        let column = pathColumn(paths, width: width.map { $0 - kindWidth })
        return zip(rows, paths).map { row, path in
            guard row.value != nil else { return [StyledText("method  ", .method), StyledText(path)] }
            let head = DisplayWidth.padded(path, to: column) + "  "
            let room = width.map { max(leastValueWidth, $0 - kindWidth - DisplayWidth.of(head)) }
            return [StyledText("state   ", .faint), StyledText(head)] + row.value(width: room)
        }
    }

    /// What `jet get` prints for several elements: path and whole value.
    static func values(_ rows: [Row]) -> [StyledLine] {
        let paths = rows.map { TerminalText.escaped($0.path) }
        let column = pathColumn(paths, width: nil)
        return zip(rows, paths).map { row, path in
            [StyledText(DisplayWidth.padded(path, to: column) + "  ")] + row.value(width: nil)
        }
    }

    /// The columns of the paths: as many as the longest has, of those that leave half the line.
    private static func pathColumn(_ paths: [String], width: Int?) -> Int {
        let limit = width.map { max(0, $0 / 2) } ?? .max
        return paths.map { DisplayWidth.of($0) }.filter { $0 <= limit }.max() ?? 0
    }

    private static var leastValueWidth: Int { 8 }
}
