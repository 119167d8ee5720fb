public import AgentCore
internal import Files
public import Logging
internal import Udev

/// The host's power supplies and batteries, and those of what is plugged into it: `power/<name>`.
///
/// Drivers tell by udev when something happens to a supply (the mains are cut, a battery begins to discharge): then it is
/// read at once. How a charge sinks most do not tell, so that it is asked for now and then.
public struct PowerProvider: WakingProvider {
    /// `power`
    public let name = "power"
    /// How long between two polls.
    public let period: Duration?

    private let host: Host
    private let configuration: PowerConfiguration
    private let hidden: Patterns
    private let faults: FaultLog

    /// The power supplies of `host`.
    public init(_ host: Host, _ configuration: PowerConfiguration = PowerConfiguration(), logger: Logger) {
        self.host = host
        self.configuration = configuration
        hidden = Patterns(configuration.hide)
        period = configuration.interval
        faults = FaultLog(logger)
    }

    /// All supplies that can be read now.
    public mutating func readings() -> [Reading] {
        let names = host.devices(ofClass: "power_supply")
            .filter { !hidden.match(PowerSupply.path($0)) }
        faults.keep(names.map(PowerSupply.path))
        return names.compactMap { name in
            let directory = host.sys("class/power_supply/\(name)")
            let properties = faults.noting(PowerSupply.path(name)) { () throws(HostFileError) in
                try PowerSupplyProperties(in: directory)
            }
            return properties.map {
                PowerSupply(name: name, properties: $0, showsSerialNumber: configuration.showsSerialNumbers).reading
            }
        }
    }

    /// Triggers a poll when a power supply is added, removed or changed.
    public func watch(_ wake: @escaping @Sendable () -> Void) async throws {
        for try await _ in try DeviceMonitor(of: ["power_supply"]) { wake() }
    }
}
