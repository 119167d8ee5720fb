internal import AgentCore
internal import JSONText
internal import JetProtocol

/// How busy the processors were since the last look: `cpu/usage`.
struct CPUUsage: Sendable {
    private var last: CPUTimes?
    private var total: Double?
    private var cores: [Int: Double] = [:]

    /// Nothing seen yet.
    init() {}

    /// `cpu/usage`: `{total, cores}` in percent of the time; `cores` is a list by the processors' numbers, with `null`
    /// for one that is switched off. Usage is what happens between two looks, so that the first one tells none.
    ///
    /// It is published again when one of them has moved by a percent.
    mutating func reading(_ times: CPUTimes) -> Reading? {
        defer { last = times }
        guard let last else { return nil }
        total = times.all.usage(since: last.all) ?? total
        var usage: [Int: Double] = [:]
        for (number, ticks) in times.cores {
            usage[number] = last.cores[number].flatMap { ticks.usage(since: $0) } ?? cores[number] ?? 0
        }
        cores = usage
        guard let total else { return nil }
        let highest = cores.keys.max() ?? -1
        return Reading(
            "cpu/usage",
            [
                "total": .number(total),
                "cores": .array((0..<(highest + 1)).map { cores[$0].map { .number($0) } ?? .null }),
            ],
            Metadata(title: "CPU usage", unit: "%", datatype: .json), deadband: .anywhere(1))
    }
}
