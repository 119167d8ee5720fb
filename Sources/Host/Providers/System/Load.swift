internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// How busy the host is and for how long it has been up, by proc_loadavg(5) and proc_uptime(5).
enum Load {
    /// `system/load`: `{"1m", "5m", "15m"}`: how many processes ran or waited to, on average.
    static func reading(_ host: Host) throws(HostFileError) -> Reading {
        let text = try HostFile.text(host.proc("loadavg"))
        let averages = text.split(separator: " ").prefix(3).compactMap { Double($0) }
        guard averages.count == 3, averages.allSatisfy({ (0...1e6).contains($0) }) else {
            throw HostFileError(notANumber: text)
        }
        return Reading(
            "system/load", ["1m": .number(averages[0]), "5m": .number(averages[1]), "15m": .number(averages[2])],
            Metadata(title: "Load average", datatype: .json), deadband: .members(["1m": 0.05, "5m": 0.05, "15m": 0.05]))
    }

    /// A thousand years, in seconds.
    private static let longestUptime = 31_557_600_000

    /// `system/uptime`: whole seconds since the boot, those asleep included.
    ///
    /// It is published again when a minute has passed: everybody can count, and a message a second for nothing else would
    /// wake all who listen.
    static func uptime(_ host: Host) throws(HostFileError) -> Reading {
        let text = try HostFile.text(host.proc("uptime"))
        guard let seconds = Int(text.prefix { $0 != "." && $0 != " " }), (0...Self.longestUptime).contains(seconds)
        else {
            throw HostFileError(notANumber: text)
        }
        return Reading(
            "system/uptime", .number(seconds), Metadata(title: "Uptime", unit: "s", datatype: .integer),
            deadband: .number(60))
    }
}
