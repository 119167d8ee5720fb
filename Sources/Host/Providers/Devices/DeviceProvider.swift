public import AgentCore
public import Netlink
internal import DocumentedEvents
public import Logging
internal import JSONText
internal import JetProtocol
internal import Synchronization
internal import Udev

/// The devices of the machine: `devices/<subsystem>/<name>` for each that udev knows, which is added, changed and
/// removed with the device, and `devices/event` for the last event of any of them.
///
/// A device's value is `{"sysname", "syspath", "devnode"?, "devtype"?, "driver"?, "properties": {...}}`. That of
/// `devices/event` is `{"source": "udev", "action", "subsystem", "name", "sequence", "time"}`; there is only `source`
/// before the first event. Where udev does not run, as in most containers, `source` is `poll`: devices are enumerated
/// periodically, and an event is made by comparing the results; it has no sequence number.
///
/// The order is: open the monitor, enumerate, then apply the events received since (see `DeviceTable`). When events
/// were lost, all devices are enumerated again, and the state board finds the differences. Devices come in bursts (a
/// hub, for example), and each report is a complete set: events are applied immediately, but reported at most twenty
/// times a second.
public struct DeviceProvider: PushingProvider {
    /// `devices`
    public let name = "devices"

    private let configuration: DeviceConfiguration
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let faults: FaultLog
    private let open: @Sendable () throws -> any DeviceSource

    /// The minimum time between two reports.
    static let reportPause = Duration.milliseconds(50)
    /// How long the provider waits after lost events before it enumerates again: the kernel usually drops more than one
    /// event.
    static let resyncDelay = Duration.milliseconds(500)

    /// The devices of `host`.
    ///
    /// - Parameter sockets: Those that the service manager has handed over; without, the provider opens its own.
    public init(
        _ host: Host, configuration: DeviceConfiguration = DeviceConfiguration(),
        sockets: ReceivedNetlinkSockets = ReceivedNetlinkSockets(), logger: Logger
    ) {
        let subsystems = configuration.subsystems
        self.init(configuration, clock: ContinuousClock(), logger: logger) {
            try DeviceSources.source(of: host, subsystems: subsystems, sockets: sockets)
        }
    }

    init(
        _ configuration: DeviceConfiguration, clock: any Clock<Duration>, logger: Logger,
        open: @escaping @Sendable () throws -> any DeviceSource
    ) {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        self.open = open
        faults = FaultLog(logger)
    }

    /// All devices now.
    public mutating func readings() -> [Reading] {
        do {
            let source = try open()
            let shelf = DeviceShelf(configuration, source: source.tellsEvents ? .udev : .poll)
            try shelf.enumerate(source)
            return shelf.readings
        } catch {
            faults.failed(name, error)
            return []
        }
    }

    /// Reports all devices, at once and after each change.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        let source = try open()
        let shelf = DeviceShelf(configuration, source: source.tellsEvents ? .udev : .poll)
        let follower = DeviceFollower(
            shelf: shelf, clock: clock, pollInterval: configuration.pollInterval, logger: logger, open: open)
        let clock = clock
        try await withThrowingTaskGroup { group in
            group.addTask {
                defer { shelf.close() }
                try await follower.run(source)
            }
            for await _ in shelf.changes {
                report(shelf.readings)
                try await clock.sleep(for: Self.reportPause)
            }
            try await group.waitForAll()
        }
    }
}

/// Updates a shelf from the source of events, until the task is cancelled.
private struct DeviceFollower: Sendable {
    let shelf: DeviceShelf
    let clock: any Clock<Duration>
    let pollInterval: Duration
    let logger: Logger
    let open: @Sendable () throws -> any DeviceSource

    func run(_ first: any DeviceSource) async throws {
        var source = first
        if !source.tellsEvents {
            logger.note(AgentEvent.udevMissing, ["interval": "\(pollInterval)"])
            while !source.tellsEvents {
                try shelf.enumerate(source)
                try await clock.sleep(for: pollInterval)
                // A monitor that was opened before udev was started does not receive its events.
                source = try open()
            }
            logger.note(AgentEvent.udevRuns)
            shelf.tell(by: .udev)
        }
        try shelf.enumerate(source)
        while !Task.isCancelled {
            let isLossy = try shelf.apply(try await source.events(), source)
            guard isLossy else { continue }
            logger.note(AgentEvent.sourceOverrun, ["source": "devices"])
            try await clock.sleep(for: DeviceProvider.resyncDelay)
            try shelf.enumerate(source)
        }
    }
}
