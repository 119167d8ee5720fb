public import AgentCore
internal import Files
internal import Systemd

/// The systemd units that the configuration names: a state `services/<unit>` for each, updated when systemd signals a
/// change, and methods `services/<unit>/start`, `/stop` and `/restart` where they are allowed.
///
/// A unit that does not exist is left out, with one line in the log; it is shown as soon as systemd knows it. The memory
/// is read from the unit's cgroup, since systemd sends no signal when it changes.
public struct ServiceProvider: PushingProvider, ControllingProvider {
    /// `services`
    public let name = "services"
    /// Starts and stops.
    public var controls: any Controls { services }

    private let units: [String]
    private let services: ServiceControls
    private let host: Host
    private let following: Following
    private let faults: FaultLog

    /// The configured units of this machine.
    public init(_ context: ProviderContext, _ configuration: ServicesConfiguration) {
        self.init(context, configuration, clock: ContinuousClock())
    }

    init(_ context: ProviderContext, _ configuration: ServicesConfiguration, clock: any Clock<Duration>) {
        let nudge = Nudge()
        units = configuration.units
        services = ServiceControls(
            configuration, manager: UnitManager(context.bus), nudge: nudge, clock: clock)
        host = context.host
        faults = FaultLog(context.logger, verb: "found")
        following = Following(
            bus: context.bus, matches: UnitManager.matches(of: units), nudge: nudge,
            hasTicks: true, interval: configuration.memoryInterval, clock: clock)
    }

    /// None: the state of units is only available over D-Bus.
    public mutating func readings() -> [Reading] { [] }

    /// Reports the units, at once and after each change.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        // If no unit is configured, systemd is not queried.
        if units.isEmpty {
            while true { try await following.clock.sleep(for: .seconds(86400)) }
        }
        try await subscribe()
        var states: [ServiceState] = []
        try await following.run { occasion in
            if occasion == .change { states = try await look() }
            report(readings(of: states))
        }
    }

    /// Where there is no systemd, the bus tells when it comes.
    private func subscribe() async throws(DBusError) {
        do throws(DBusError) {
            try await services.manager.subscribe()
        } catch {
            guard error.isServiceMissing else { throw error }
        }
    }

    private func look() async throws(DBusError) -> [ServiceState] {
        var states: [ServiceState] = []
        for unit in units {
            do throws(DBusError) {
                guard let properties = try await services.manager.properties(of: unit) else {
                    faults.failed(unit, "systemd has no such unit")
                    continue
                }
                faults.worked(unit)
                states.append(ServiceState(unit, properties))
            } catch {
                if error == .disconnected { throw error }
                faults.failed(unit, error)
            }
        }
        return states
    }

    private func readings(of states: [ServiceState]) -> [Reading] {
        states.flatMap { state in
            [state.reading(memory: state.cgroup.flatMap(memory))] + services.readings(of: state.unit)
        }
    }

    /// The memory usage of a cgroup, in bytes, as in the kernel's cgroup-v2 document; `nil` if it is not accounted.
    private func memory(ofCgroup path: String) -> UInt64? {
        guard !path.split(separator: "/").contains("..") else { return nil }
        let text = try? HostFile.text(host.sys("fs/cgroup\(path)/memory.current"), limit: 64)
        return text.flatMap { UInt64($0) }
    }
}
