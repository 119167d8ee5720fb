import JSONText

/// What a run prints.
enum Report {
    /// A table for people: what an operation takes, and of what it is how many times.
    static func table(_ results: [Suite.Result]) -> [String] {
        let rows =
            [["benchmark", "an operation", "times", "its yardstick"]]
            + results.map { result in
                let unit = " " + result.benchmark.unit.rawValue
                return [
                    result.benchmark.name, number(result.amount) + unit, number(result.ratio),
                    "\(result.benchmark.yardstick.name) (\(number(result.yardstick))\(unit))",
                ]
            }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, text in
                let room = String(repeating: " ", count: widths[column] - text.count)
                return column == 1 || column == 2 ? room + text : column == 3 ? text : text + room
            }
            return cells.joined(separator: "  ")
        }
    }

    /// A record for each, for programs.
    static func records(_ results: [Suite.Result], rounds: Int) -> [String] {
        results.map { result in
            let record: JSON = [
                "name": .string(result.benchmark.name), "operation": .string(result.benchmark.operation),
                "unit": .string(result.benchmark.unit.rawValue), "amount": .number(rounded(result.amount)),
                "yardstick": .string(result.benchmark.yardstick.name),
                "yardstickAmount": .number(rounded(result.yardstick)), "ratio": .number(rounded(result.ratio)),
                "rounds": .number(rounds),
            ]
            return record.description
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    /// Three digits or more.
    static func number(_ value: Double) -> String {
        let places = value.magnitude >= 100 ? 0 : value.magnitude >= 10 ? 1 : 2
        let scale = [1.0, 10, 100][places]
        guard let scaled = Int(exactly: (value * scale).rounded()) else { return "\(value)" }
        guard places > 0 else { return "\(scaled)" }
        let digits = String(scaled.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return (scaled < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
    }
}
