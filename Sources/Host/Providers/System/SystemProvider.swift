public import AgentCore
public import Logging

/// What the host is and how it fares: `system/os`, `system/kernel`, `system/boot-id`, `system/uptime`, `system/load`,
/// `system/memory`, `system/pressure`.
public struct SystemProvider: Provider {
    /// `system`
    public let name = "system"

    /// How long between two polls.
    public let period: Duration?

    private let host: Host
    private let faults: FaultLog

    /// The system of `host`.
    public init(_ host: Host, period: Duration? = nil, logger: Logger) {
        self.period = period
        self.host = host
        faults = FaultLog(logger)
    }

    private static let facts: [(path: String, read: @Sendable (Host) throws(HostFileError) -> Reading)] = [
        ("system/uptime", Load.uptime),
        ("system/load", Load.reading),
        ("system/memory", Memory.reading),
        ("system/kernel", Kernel.reading),
        ("system/boot-id", Kernel.bootID),
    ]

    /// All facts that can be read now.
    public mutating func readings() -> [Reading] {
        var readings: [Reading] = []
        for fact in Self.facts {
            let reading = faults.noting(fact.path) { () throws(HostFileError) in try fact.read(host) }
            if let reading { readings.append(reading) }
        }
        if let pressure = Pressure.reading(host) { readings.append(pressure) }
        let system = faults.noting("system/os") { () throws(HostFileError) in try OSRelease.reading(host) }
        if let system = system ?? nil { readings.append(system) }
        return readings
    }
}
