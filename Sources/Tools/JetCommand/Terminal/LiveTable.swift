import JSONText
import JetProtocol

/// The *live table* of `jet watch --table`: the States that a fetch has shown so far, sorted by path, and how they look
/// on a screen of a given size. It knows no terminal and no clock: events, sizes and times are handed in.
struct LiveTable: Sendable {
    /// One State.
    struct Row: Hashable, Sendable {
        /// Path, value and unit.
        var cells: Listing.Row
        /// When the value last changed, if it has since the row is there.
        var changedAt: Duration?
    }

    /// The rows, sorted by path (code points).
    private(set) var rows: [Row] = []

    /// How long a changed value stands out.
    static var highlightTime: Duration { .seconds(1) }

    /// A State is there, or is there again.
    mutating func add(_ path: String, value: JSON, unit: String?) {
        let row = Row(cells: Listing.Row(path: path, value: value, unit: unit), changedAt: nil)
        let (index, isThere) = position(of: path)
        if isThere { rows[index] = row } else { rows.insert(row, at: index) }
    }

    /// A State has a new value. To the same value is no change to look at.
    mutating func change(_ path: String, to value: JSON, at now: Duration) {
        let (index, isThere) = position(of: path)
        guard isThere else { return add(path, value: value, unit: nil) }
        guard rows[index].cells.value != value else { return }
        rows[index].cells.value = value
        rows[index].changedAt = now
    }

    /// A State is gone.
    mutating func remove(_ path: String) {
        let (index, isThere) = position(of: path)
        if isThere { rows.remove(at: index) }
    }

    /// Whether any value stands out at this time, so that the table must be drawn once more when it no longer does.
    func isHighlighting(at now: Duration) -> Bool { rows.contains { isHighlighted($0, at: now) } }

    private func isHighlighted(_ row: Row, at now: Duration) -> Bool {
        row.changedAt.map { now - $0 < Self.highlightTime } ?? false
    }

    /// Where the row of `path` is, or would be.
    private func position(of path: String) -> (index: Int, isThere: Bool) {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = low + (high - low) / 2
            if rows[middle].cells.path.utf8.lexicographicallyPrecedes(path.utf8) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return (low, low < rows.count && rows[low].cells.path.utf8.elementsEqual(path.utf8))
    }
}

extension LiveTable {
    /// The size of a screen.
    struct Size: Hashable, Sendable {
        /// How many characters stand in a line.
        var columns: Int
        /// How many lines there are.
        var lines: Int
    }

    /// The lines to show, no longer and no more than the screen has.
    ///
    /// - Parameters:
    ///   - size: The screen.
    ///   - title: What the first line says beside the number of States.
    ///   - now: For what stands out because it has just changed.
    /// - Returns: The lines.
    func screen(_ size: Size, title: String, at now: Duration) -> [StyledLine] {
        let columns = max(1, size.columns)
        let count = rows.count == 1 ? "1 state" : "\(rows.count) states"
        var lines: [StyledLine] = [
            [StyledText(DisplayWidth.cut(TerminalText.escaped("\(count)  \(title)"), to: columns), .heading)]
        ]
        let room = max(0, size.lines - 1)
        let shown = rows.count > room ? rows.prefix(max(0, room - 1)) : rows[...]
        let paths = shown.map { TerminalText.escaped($0.cells.path) }
        let column = min(paths.map { DisplayWidth.of($0) }.max() ?? 0, max(1, columns * 3 / 5))
        for (row, path) in zip(shown, paths) {
            let head = DisplayWidth.padded(DisplayWidth.cutInside(path, to: column), to: column) + "  "
            var value = row.cells.value(width: columns - DisplayWidth.of(head))
            if isHighlighted(row, at: now), !value.isEmpty { value[0].style = .changed }
            lines.append(Self.fitting([StyledText(head)] + value, columns))
        }
        if shown.count < rows.count, room > 0 {
            let more = "… \(rows.count - shown.count) more; a PATH-RULE shows fewer"
            lines.append([StyledText(DisplayWidth.cut(more, to: columns), .faint)])
        }
        return lines
    }

    /// The line without what goes beyond the screen's edge (a long unit on a narrow screen).
    static func fitting(_ line: StyledLine, _ columns: Int) -> StyledLine {
        var left = columns
        return line.map { piece in
            var piece = piece
            piece.text = DisplayWidth.cut(piece.text, to: left)
            left -= DisplayWidth.of(piece.text)
            return piece
        }
    }
}
