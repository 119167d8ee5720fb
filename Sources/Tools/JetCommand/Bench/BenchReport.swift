import JSONText
import JetBench
import JetProtocol

/// The output of `jet bench`: a table with a column for each transport, or a record for each.
struct BenchReport {
    private let name: String
    private let mode: any Mode
    private let series: [Series]

    /// A report.
    init<Measured: Mode>(mode: Measured, series: [Series]) {
        name = Measured.name
        self.mode = mode
        self.series = series
    }

    // MARK: For people

    /// The table.
    var lines: [StyledLine] {
        let rounds = series.first?.rounds.count ?? 0
        let head = "\(name): \(mode.summary)" + (rounds > 1 ? "; medians of \(rounds) rounds" : "")
        let medians = series.map(\.medians)
        var rows = [[""] + series.map { TerminalText.escaped($0.endpoint.description) }]
        for figure in Figure.allCases where medians.contains(where: { $0[figure] != nil }) {
            let cells = series.enumerated().map { place, one in
                let number = medians[place][figure].map { Self.text($0, figure.unit) } ?? "–"
                return place == 0 ? number : number + Self.ratio(one.ratios(to: series[0])[figure])
            }
            rows.append([figure.title] + cells)
        }
        let widths = rows[0].indices.map { column in rows.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
        let table = rows.enumerated().map { number, row in
            row.enumerated().map { column, text in
                let room = String(repeating: " ", count: widths[column] - DisplayWidth.of(text))
                guard column > 0 else { return StyledText(text + room, .faint) }
                let cell = Substring("   " + room + text)
                let isLast = column == row.count - 1
                let end = isLast ? cell.lastIndex { $0 != " " }.map(cell.index(after:)) ?? cell.endIndex : cell.endIndex
                return StyledText(String(cell[..<end]), number == 0 ? .heading : .plain)
            }
        }
        return [[StyledText(head, .heading)], []] + table
    }

    /// A ratio after a number, or spaces of the same width.
    private static func ratio(_ ratio: Double?) -> String {
        let text = ratio.map { "×" + fixed($0, 2) } ?? ""
        return String(repeating: " ", count: max(1, 8 - text.count)) + text
    }

    private static func text(_ value: Double, _ unit: Figure.Unit) -> String {
        switch unit {
        case .perSecond, .count: grouped(value)
        case .microseconds:
            value >= 100_000
                ? "\(fixed(value / 1000, 0)) ms"
                : value >= 10_000 ? "\(fixed(value / 1000, 1)) ms" : "\(digits(value)) µs"
        case .bytes: value >= 100_000 ? "\(fixed(value / 1e6, 2)) MB" : "\(grouped(value)) B"
        }
    }

    /// With at least three digits.
    private static func digits(_ value: Double) -> String {
        fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3)
    }

    /// Rounded to a number of decimal places.
    static func fixed(_ value: Double, _ places: Int) -> String {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        guard let scaled = Int(exactly: (value * scale).rounded()) else { return "\(value)" }
        let digits = String(scaled.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = scaled < 0 ? "-" : ""
        return places == 0 ? sign + digits : sign + padded.dropLast(places) + "." + padded.suffix(places)
    }

    /// A whole number with separated thousands.
    static func grouped(_ value: Double) -> String {
        let digits = fixed(value, 0)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0, text.last != "-" { text += "," }
            text.append(digit)
        }
        return text
    }

    // MARK: For programs

    /// One record for each transport.
    var records: [JSON] {
        series.enumerated().map { place, one in
            var record: JSON.Object = [
                "mode": .string(name), "transport": .string(Self.word(for: one.endpoint)),
                "endpoint": .string(one.endpoint.description),
            ]
            record["pid"] = one.pid.map { .number($0) }
            record["settings"] = .object(mode.settings)
            record["figures"] = Self.json(one.medians)
            if place > 0, let first = series.first { record["ratios"] = Self.json(one.ratios(to: first)) }
            record["rounds"] = .array(one.rounds.map(Self.json))
            return .object(record)
        }
    }

    private static func json(_ figures: [Figure: Double]) -> JSON {
        var object: JSON.Object = [:]
        for figure in Figure.allCases {
            // A thousandth of each unit is more precise than can be measured.
            if let value = figures[figure] { object[figure.rawValue] = .number((value * 1000).rounded() / 1000) }
        }
        return .object(object)
    }

    private static func word(for endpoint: Endpoint) -> String {
        switch endpoint {
        case .unix: "unix"
        case .tcp: "tcp"
        case .webSocket: "ws"
        case .tls: "jets"
        case .secureWebSocket: "wss"
        }
    }
}
