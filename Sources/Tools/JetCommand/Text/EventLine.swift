/// The lines of `jet watch`: `09:02:13.123  change  cpu/temperature  48.5 °C`.
enum EventLine {
    /// The line of an event.
    ///
    /// - Parameters:
    ///   - event: `add`, `change` or `remove`.
    ///   - time: When it was received.
    ///   - row: The element; one without a value is a Method.
    /// - Returns: The line.
    static func line(_ event: String, at time: Timestamp, _ row: Listing.Row) -> StyledLine {
        let style: StyledText.Style =
            switch event {
            case "add": .added
            case "remove": .removed
            default: .plain
            }
        let head: StyledLine = [
            StyledText(time.timeOfDay + "  ", .faint), StyledText(DisplayWidth.padded(event, to: 8), style),
            StyledText(TerminalText.escaped(row.path) + "  "),
        ]
        return head + (row.value == nil ? [StyledText("method", .method)] : row.value(width: nil))
    }
}

/// The units of the States that a fetch has shown: the bus says them once, with `add`.
struct UnitMemory {
    // By bytes: `String` would take two paths for one that differ only in how an accent is written.
    private var units: [[UInt8]: String] = [:]

    /// The unit of the State at `path`, of which there is news: `add`, `change` or `remove`, with the `unit` that came
    /// with it, if one did.
    mutating func unit(of path: String, event: String, unit: String?) -> String? {
        let key = Array(path.utf8)
        switch event {
        case "add": units[key] = unit
        case "remove": return units.removeValue(forKey: key)
        default: break
        }
        return units[key]
    }
}
