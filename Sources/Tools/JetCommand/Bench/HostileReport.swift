import JSONText
import JetBench

/// The output of `jet bench hostile`: a line for each attack, with what there is to add below it, or a record.
struct HostileReport {
    private let result: HostileResult

    init(_ result: HostileResult) { self.result = result }

    // MARK: For people

    private static let widths = [12, 11, 9, 9, 10, 10, 10, 10, 10, 9]

    /// The head of the table.
    static var heading: [StyledLine] {
        [
            [
                StyledText(
                    row(
                        ["attack", "sent", "refused", "closed", "echo p50", "p99", "max", "set p99", "max", "memory"]),
                    .heading)
            ],
            [StyledText(row(["", "", "", "", "ms", "ms", "ms", "ms", "ms", "MB"]), .faint)],
        ]
    }

    /// The lines of the attack.
    var lines: [StyledLine] {
        let name = result.attack
        if let skipped = result.skipped { return [[StyledText("\(name): skipped, it \(skipped)", .faint)]] }
        let (echo, set) = (result["echo"], result["set"])
        let cells =
            [
                name, BenchReport.grouped(Double(result.tally.sent)),
                BenchReport.grouped(Double(result.tally.refusals)),
                BenchReport.grouped(Double(result.tally.connectionsRefused + result.tally.connectionsClosed)),
            ] + [echo?.median, echo?.p99, echo?.max, set?.p99, set?.max].map(Self.milliseconds)
            + [result.peakMemory.map { BenchReport.fixed(Double($0) / 1e6, 0) } ?? "–"]
        return [[StyledText(Self.row(cells))]] + details.map { [StyledText("  " + TerminalText.escaped($0), .faint)] }
            + result.problems.map { [StyledText("  " + TerminalText.escaped($0), .removed)] }
    }

    /// What not every attack has.
    private var details: [String] {
        var details: [String] = []
        if result.tally.connections > 1 {
            details.append("connections opened: " + BenchReport.grouped(Double(result.tally.connections)))
        }
        if !result.tally.refused.isEmpty { details.append("refused by limit: " + Self.list(result.tally.refused)) }
        if !result.tally.errors.isEmpty { details.append("errors: " + Self.list(result.tally.errors)) }
        if !result.publisherRefused.isEmpty {
            details.append("the publisher was refused by limit: " + Self.list(result.publisherRefused))
        }
        for (name, latencies) in result.latencies where name != "echo" && name != "set" {
            details.append(
                "\(Self.titles[name] ?? name): median \(Self.milliseconds(latencies.median)) ms, "
                    + "p99 \(Self.milliseconds(latencies.p99)), max \(Self.milliseconds(latencies.max)) of \(latencies.count)"
            )
        }
        return details
    }

    private static let titles = [
        "connect": "new connections", "login": "logins", "batch": "batches of 1,000 changes",
    ]

    private static func list(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \(BenchReport.grouped(Double($0.value)))" }
            .joined(separator: ", ")
    }

    private static func milliseconds(_ value: Double?) -> String {
        guard let value else { return "–" }
        return BenchReport.fixed(value, value < 100 ? 2 : 0)
    }

    private static func row(_ cells: [String]) -> String {
        zip(cells, widths).enumerated().map { place, cell in
            let (text, width) = cell
            let room = String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
            return place == 0 ? text + room : room + text
        }.joined(separator: " ")
    }

    // MARK: For programs

    /// The record of the attack.
    var record: JSON {
        var record: JSON.Object = ["mode": "hostile", "attack": .string(result.attack)]
        if let skipped = result.skipped {
            record["skipped"] = .string(skipped)
            return .object(record)
        }
        let tally = result.tally
        record["pid"] = result.pid.map { .number($0) }
        record["seconds"] = Self.number(result.seconds)
        record["sent"] = .number(tally.sent)
        record["answered"] = .number(tally.answered)
        record["refused"] = Self.object(tally.refused)
        record["errors"] = Self.object(tally.errors)
        record["publisherRefused"] = Self.object(result.publisherRefused)
        record["connections"] = .number(tally.connections)
        record["connectionsRefused"] = .number(tally.connectionsRefused)
        record["connectionsClosed"] = .number(tally.connectionsClosed)
        var latencies: JSON.Object = [:]
        for (name, times) in result.latencies {
            latencies[name] = [
                "count": .number(times.count), "median": Self.number(times.median), "p99": Self.number(times.p99),
                "max": Self.number(times.max),
            ]
        }
        record["latencies"] = .object(latencies)
        record["memory"] = result.peakMemory.map { .number($0) }
        record["problems"] = .array(result.problems.map { .string($0) })
        return .object(record)
    }

    private static func object(_ counts: [String: Int]) -> JSON {
        var object: JSON.Object = [:]
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) { object[name] = .number(count) }
        return .object(object)
    }

    private static func number(_ value: Double) -> JSON { .number((value * 1000).rounded() / 1000) }
}
