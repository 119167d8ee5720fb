public import AgentCore
internal import Files
public import Logging
internal import JSONText

/// What the host's sensors say: `sensors/<chip>/<channel>` for each temperature, fan, voltage, current, power, energy and
/// humidity of its monitoring chips, with the crossed limits of each chip in `sensors/<chip>/alarms`;
/// `sensors/thermal/<type>` for the thermal zones that no chip shows; `thermal/zone/<type>` for what each zone is about;
/// `thermal/cooling/<type>` for each cooling device; `thermal/event` for the last trip point that was crossed, where
/// the kernel reports it; and `cpu/temperature` for the processor.
///
/// Sensors send no notification when their values change: they are polled. But the kernel reports crossed trip points,
/// and udev reports devices that are added or removed: then everything is read at once.
public struct SensorProvider: WakingProvider {
    /// `sensors`
    public let name = "sensors"
    /// How long between two polls.
    public let period: Duration?

    private let host: Host
    private let configuration: SensorConfiguration
    private let hidden: Patterns
    private let faults: FaultLog
    private let eventFaults: FaultLog
    let news: SensorNews

    private var chips: [Chip] = []
    private var chipEntries = ClassEntries(of: "hwmon")
    private var thermalEntries = ClassEntries(of: "thermal")
    private var chipReader: ChipReader
    private var thermalReader: ThermalReader

    /// The sensors of `host`.
    public init(_ host: Host, _ configuration: SensorConfiguration = SensorConfiguration(), logger: Logger) {
        self.host = host
        self.configuration = configuration
        hidden = Patterns(configuration.hide)
        period = configuration.interval
        faults = FaultLog(logger)
        eventFaults = FaultLog(logger, verb: "followed")
        news = SensorNews()
        chipReader = ChipReader(configuration, faults)
        thermalReader = ThermalReader(configuration, faults)
    }

    /// Everything that can be read now.
    public mutating func readings() -> [Reading] {
        let news = news.take()
        if news.isOutdated { outdate() }
        // Both are asked, each in every poll; what zones are called depends on the chips beside them.
        let (haveChipsChanged, haveZonesChanged) = (chipEntries.needScan(host), thermalEntries.needScan(host))
        if haveChipsChanged || haveZonesChanged { scan() }

        var result = SensorReadings()
        let isComplete = chipReader.read(chips, into: &result)
        if !thermalReader.read(news.events, into: &result) || !isComplete { outdate() }
        let deadband = configuration.deadband(.temperature)
        if let summary = CPUTemperature.reading(from: result.temperatures, deadband: deadband),
            !hidden.match(summary.path)
        {
            result.readings.insert(summary, at: 0)
        }
        return result.readings
    }

    /// Triggers a poll when a device is added, removed or changed, and when the kernel sends a thermal event.
    public func watch(_ wake: @escaping @Sendable () -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { [news] in try await news.collectDevices(["hwmon", "thermal"], wake) }
            group.addTask { [news, eventFaults] in
                while !Task.isCancelled {
                    do {
                        return try await news.collectThermalEvents(wake)
                    } catch {
                        // Polling finds the same changes later; device events are still received.
                        eventFaults.failed(ThermalEvent.path, error)
                    }
                    try? await Task.sleep(for: Self.eventDelay)
                }
            }
            try await group.waitForAll()
        }
    }

    /// The delay before the source of thermal events is opened again after it has failed.
    private static let eventDelay = Duration.seconds(60)

    private mutating func scan() {
        // What was noted of chips that are gone is forgotten.
        let unnamed = host.devices(ofClass: "hwmon").compactMap { HostFile.realPath(host.sys("class/hwmon/\($0)")) }
            .map(Chip.unnamed)
        chips = Chip.scan(host, hidden: hidden, faults: faults)
        thermalReader.scan(host, beside: chips)
        chipReader.chipsChanged()
        faults.keep(
            chips.flatMap { $0.channels.map(\.path) } + chips.compactMap(\.alarmsPath) + thermalReader.subjects
                + unnamed)
    }

    /// Makes a scan due: a file that the last one found is gone, or somebody said that something changed.
    private mutating func outdate() {
        chipEntries.outdate()
        thermalEntries.outdate()
    }
}
