internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// How much memory there is and what is left of it, by proc_meminfo(5).
enum Memory {
    /// The members of the state and what the kernel calls them.
    private static let members: [(member: String, field: String)] = [
        ("total", "MemTotal"), ("free", "MemFree"), ("available", "MemAvailable"), ("buffers", "Buffers"),
        ("cached", "Cached"), ("swapTotal", "SwapTotal"), ("swapFree", "SwapFree"),
    ]

    /// `system/memory`: `{total, free, available, buffers, cached, swapTotal, swapFree}` in bytes. A kernel that does
    /// not tell one of them leaves it out.
    ///
    /// Memory is never still: it is published again when one of them has moved by a thousandth of the whole.
    static func reading(_ host: Host) throws(HostFileError) -> Reading {
        let fields = parse(String(decoding: try HostFile.bytes(host.proc("meminfo")), as: UTF8.self))
        guard let total = fields["MemTotal"], total > 0 else { throw HostFileError("there is no MemTotal") }
        var value = JSON.Object()
        for (member, field) in members {
            // The kernel computes some fields from others, which may have changed meanwhile: a part that is less than
            // nothing, or more than the whole, is no value.
            let whole = member == "swapFree" ? fields["SwapTotal"] ?? 0 : member == "swapTotal" ? .max : total
            value[member] = fields[field].flatMap { (0...max(0, whole)).contains($0) ? .number($0) : nil }
        }
        let moving = ["free", "available", "buffers", "cached", "swapFree"]
        let deadband = Double(total) / 1000
        return Reading(
            "system/memory", .object(value), Metadata(title: "Memory", unit: "B", datatype: .json),
            deadband: .members(Dictionary(moving.map { ($0, deadband) }) { first, _ in first }))
    }

    /// The lines that are needed, such as `MemTotal:  8124300 kB`, in bytes.
    private static func parse(_ text: String) -> [String: Int64] {
        var fields: [String: Int64] = [:]
        for line in text.split(separator: "\n") {
            guard fields.count < members.count else { break }
            let name = String(line.prefix { $0 != ":" })
            guard members.contains(where: { $0.field == name }) else { continue }
            let words = line.dropFirst(name.count + 1).split(separator: " ")
            guard let value = words.first.flatMap({ Int64($0) }) else { continue }
            let (bytes, overflow) = value.multipliedReportingOverflow(by: words.count > 1 ? 1024 : 1)
            if !overflow { fields[name] = bytes }
        }
        return fields
    }
}
