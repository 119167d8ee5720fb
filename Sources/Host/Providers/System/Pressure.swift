internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// How much of the time something had to wait for processors, memory or disks: `system/pressure`.
///
/// Source of fact: Documentation/accounting/psi.rst of the kernel.
enum Pressure {
    /// `{cpu, memory, io}`, each `{some: {avg10, avg60, avg300}, full?}` in percent of the last 10, 60 and 300 seconds:
    /// `some` when at least one task waited, `full` when all did. `nil` for a kernel that does not measure it.
    ///
    /// It is published again when one of them has moved by a percent.
    static func reading(_ host: Host) -> Reading? {
        var value = JSON.Object()
        for resource in ["cpu", "memory", "io"] {
            guard let text = try? HostFile.text(host.proc("pressure/\(resource)")) else { continue }
            value[resource] = parse(text)
        }
        if value.isEmpty { return nil }
        return Reading(
            "system/pressure", .object(value), Metadata(title: "Pressure", unit: "%", datatype: .json),
            deadband: .anywhere(1))
    }

    /// The lines such as `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`.
    private static func parse(_ text: String) -> JSON {
        var value = JSON.Object()
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let kind = words.first else { continue }
            var averages = JSON.Object()
            for word in words.dropFirst() where word.hasPrefix("avg") {
                guard let equals = word.firstIndex(of: "="), let number = Double(word[word.index(after: equals)...]),
                    (0...100).contains(number)
                else { continue }
                averages[String(word[..<equals])] = .number(number)
            }
            value[String(kind)] = .object(averages)
        }
        return .object(value)
    }
}
