import JSONText
import Jet

/// What `jet top` shows at one time: the traffic of the daemon, who uses what, and the busiest States.
struct TopScreen {
    /// What can be shown.
    enum Section: String, CaseIterable, Sendable {
        case accounts, peers, states
    }

    var traffic: Traffic.Reading
    /// `nil` if the daemon does not say it.
    var usage: Usage.Reading?
    /// Why it does not.
    var absence: UsageAbsence?
    var sections: Set<Section>
    var sortKey: UsageKey
    /// How many rows each section has at most.
    var most: Int

    /// The lines to show.
    ///
    /// - Parameters:
    ///   - size: The screen, which they do not go beyond; `nil`: nothing is cut.
    ///   - title: What the first line says.
    func lines(_ size: LiveTable.Size?, title: String) -> [StyledLine] {
        var lines = traffic.head(title: title)
        if let absence, sections != [.states] { lines.append([StyledText(absence.sentence, .faint)]) }
        let accounts = sections.contains(.accounts) ? usage?.accounts.sorted(by: sortKey) ?? [] : []
        let peers = sections.contains(.peers) ? usage?.peers.sorted(by: sortKey) ?? [] : []
        let states = sections.contains(.states) ? traffic.busiest : []
        let wanted = [accounts.count, peers.count, states.count].map { min($0, most) }
        // An empty line and a head for each.
        let heads = 2 * wanted.count { $0 > 0 }
        let rooms = Self.divide(size.map { max(0, $0.lines - lines.count - heads) } ?? .max, among: wanted)
        lines += usageLines(accounts.prefix(rooms[0]), "account", size)
        lines += usageLines(peers.prefix(rooms[1]), "peer", size)
        lines += traffic.stateLines(states.prefix(rooms[2]), size)
        guard let size else { return lines }
        return lines.prefix(size.lines).map { LiveTable.fitting($0, size.columns) }
    }

    /// Divides lines among sections: each gets what it wants if that is less than its share, and what is left goes to the
    /// others.
    static func divide(_ room: Int, among wanted: [Int]) -> [Int] {
        var rooms = wanted.map { _ in 0 }
        var left = room
        // The one that wants the least first: what it leaves is for the others.
        for (rank, place) in wanted.indices.sorted(by: { (wanted[$0], $0) < (wanted[$1], $1) }).enumerated() {
            rooms[place] = min(wanted[place], left / (wanted.count - rank))
            left -= rooms[place]
        }
        return rooms
    }

    private func usageLines(_ rows: ArraySlice<Usage.Row>, _ title: String, _ size: LiveTable.Size?) -> [StyledLine] {
        guard !rows.isEmpty else { return [] }
        // Each peer is one connection.
        let keys = UsageKey.shown(width: size?.columns, sortKey: sortKey).filter {
            $0 != .connections || title == "account"
        }
        func line(_ cells: [String]) -> String {
            zip(cells, keys).map { cell, key in
                String(repeating: " ", count: max(0, key.width - DisplayWidth.of(cell))) + cell
            }.joined(separator: " ")
        }
        var lines: [StyledLine] = [[], [StyledText(line(keys.map(\.title)) + "  " + title, .faint)]]
        for row in rows {
            let cells = keys.map { Self.text(row.values[$0] ?? 0, $0) }
            lines.append([StyledText(line(cells) + "  "), StyledText(TerminalText.escaped(row.title))])
        }
        return lines
    }

    /// A number of at most five characters.
    static func text(_ value: Double, _ key: UsageKey) -> String {
        if key.isRate { return value < 100_000 ? Traffic.number(value).description : scaled(value, 1000) }
        return key.isBytes
            ? scaled(value, 1024) : value < 100_000 ? JSON.number(value).description : scaled(value, 1000)
    }

    private static func scaled(_ value: Double, _ base: Double) -> String {
        var (value, unit) = (value, 0)
        while value >= (unit == 0 ? 10_000 : base), unit < 4 {
            value /= base
            unit += 1
        }
        return JSON.number(value < 10 && unit > 0 ? (value * 10).rounded() / 10 : value.rounded()).description
            + ["", "K", "M", "G", "T"][unit]
    }

    /// `{"time", "statistics", "rates", "accounts"?, "peers"?, "busiest"?}`.
    func record(at time: Timestamp) -> JSON {
        var record = traffic.record(at: time, most: most).object ?? [:]
        if sections.contains(.accounts), let usage {
            record["accounts"] = .array(usage.accounts.sorted(by: sortKey).map(\.json))
        }
        if sections.contains(.peers), let usage {
            record["peers"] = .array(usage.peers.sorted(by: sortKey).map(\.json))
        }
        if !sections.contains(.states) { record["busiest"] = nil }
        return .object(record)
    }
}
