import JSONText

/// How a reading looks: on a screen of a given size, as lines, and for programs.
extension Traffic.Reading {
    /// The first lines: the title, counts and rates.
    func head(title: String) -> [StyledLine] {
        var lines: [StyledLine] = [[StyledText(TerminalText.escaped(title), .heading)]]
        let counts = Self.counts.compactMap { title, name in statistics[name].map { (title, TerminalText.json($0)) } }
        if !counts.isEmpty { lines.append(Self.figures(counts)) }
        let rates = rates.map { ("\($0.name)/s", Self.text($0.perSecond)) }
        if !rates.isEmpty { lines.append(Self.figures(rates)) }
        return lines
    }

    /// The lines of some of the busiest States, after an empty one and a heading.
    func stateLines(_ shown: ArraySlice<Traffic.Busy>, _ size: LiveTable.Size?) -> [StyledLine] {
        guard !shown.isEmpty else { return [] }
        var lines: [StyledLine] = [[], [StyledText("changes/s  path", .faint)]]
        let paths = shown.map { TerminalText.escaped($0.cells.path) }
        let limit = size.map { max(1, $0.columns / 2) } ?? .max
        let column = min(paths.map { DisplayWidth.of($0) }.max() ?? 0, limit)
        for (busy, path) in zip(shown, paths) {
            let rate = Self.text(busy.rate)
            let head = String(repeating: " ", count: max(0, 9 - rate.utf8.count)) + rate + "  "
            let name = DisplayWidth.padded(DisplayWidth.cutInside(path, to: limit), to: column) + "  "
            let left = size.map { max(0, $0.columns - DisplayWidth.of(head + name)) }
            lines.append([StyledText(head), StyledText(name)] + busy.cells.value(width: left))
        }
        return lines
    }

    /// `{"time", "statistics", "rates": {name: per second}, "busiest": [{"path", "rate", "value"}]}`.
    func record(at time: Timestamp, most: Int) -> JSON {
        var perSecond = JSON.Object()
        for rate in rates { perSecond[rate.name] = Traffic.number(rate.perSecond) }
        let busiest = busiest.prefix(most).map { busy -> JSON in
            var object: JSON.Object = ["path": .string(busy.cells.path), "rate": Traffic.number(busy.rate)]
            object["value"] = busy.cells.value
            return .object(object)
        }
        return [
            "time": .string(time.utc), "statistics": .object(statistics), "rates": .object(perSecond),
            "busiest": .array(busiest),
        ]
    }

    /// The figures that say how things are, in the words that people read.
    private static let counts = [
        ("peers", "peers"), ("slow", "slowPeers"), ("elements", "elements"), ("fetches", "fetchers"),
        ("requests pending", "pendingRequests"), ("bytes waiting", "waitingBytes"),
    ]

    private static func figures(_ figures: [(String, String)]) -> StyledLine {
        figures.flatMap { name, figure in [StyledText("\(name) ", .faint), StyledText("\(figure)   ")] }
    }

    private static func text(_ rate: Double) -> String { Traffic.number(rate).description }
}

extension Traffic {
    /// A rate with one digit behind the point while it is small.
    static func number(_ rate: Double) -> JSON {
        rate < 100 ? .number((rate * 10).rounded() / 10) : .number(rate.rounded())
    }
}
