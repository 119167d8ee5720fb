internal import AgentCore
internal import JSONText
internal import JetProtocol

/// Reads thermal zones and cooling devices, and remembers which trip points are exceeded.
struct ThermalReader: Sendable {
    private let configuration: SensorConfiguration
    private let hidden: Patterns
    private let faults: FaultLog

    /// What the last scan found.
    private(set) var zones: [ThermalZone] = []
    private(set) var devices: [CoolingDevice] = []
    /// The numbers of the exceeded trip points of each zone, by its path.
    private var exceeded: [String: Set<Int>] = [:]
    /// The last crossing that the kernel told of; `null` before the first one.
    private var crossing: JSON = .null
    private var crossings = 0

    init(_ configuration: SensorConfiguration, _ faults: FaultLog) {
        self.configuration = configuration
        self.faults = faults
        hidden = Patterns(configuration.hide)
    }

    /// What can fail, for the log.
    var subjects: [String] { zones.flatMap { [$0.path, $0.sensorPath] } + devices.map(\.path) }

    /// Scans the thermal zones and cooling devices again.
    mutating func scan(_ host: Host, beside chips: [Chip]) {
        zones = ThermalZone.scan(host, beside: chips, hidden: hidden)
        devices = CoolingDevice.scan(host, hidden: hidden)
        let paths = Set(zones.map(\.path))
        exceeded = exceeded.filter { paths.contains($0.key) }
    }

    /// Reads everything.
    ///
    /// - Parameters:
    ///   - news: What the kernel told since the last time; `nil` if it cannot tell.
    ///   - result: Where the readings go. The chips' temperatures are there already.
    /// - Returns: Whether all files were still there.
    mutating func read(_ news: [ThermalEvent]?, into result: inout SensorReadings) -> Bool {
        var isComplete = true
        let deadband = configuration.deadband(.temperature)
        for zone in zones {
            let celsius: Double? =
                if case .chip(let path) = zone.source {
                    result.temperature(at: path)
                } else {
                    temperature(of: zone, &isComplete)
                }
            if zone.source == .zone, let celsius, !hidden.match(zone.sensorPath) {
                let meta = zone.sensorMeta
                result.note(
                    Temperature(source: zone.type, label: nil, celsius: celsius, max: meta.max, crit: meta.crit),
                    at: zone.sensorPath)
                result.readings.append(
                    Reading(
                        zone.sensorPath, .number(celsius), meta,
                        deadband: .number(deadband)))
            }
            guard !hidden.match(zone.path) else { continue }
            result.readings.append(
                Reading(
                    zone.path, zone.value(celsius, exceeded: trips(of: zone, exceededAt: celsius)), zone.meta,
                    deadband: .members(["temperature": deadband])))
        }
        for device in devices {
            let state = noting(device.path, &isComplete) { () throws(HostFileError) in
                try device.state()
            }
            if let state { result.readings.append(device.reading(state)) }
        }
        if let news, !hidden.match(ThermalEvent.path) {
            for event in news {
                guard let value = event.crossing(in: zones, count: crossings + 1) else { continue }
                crossing = value
                crossings += 1
            }
            result.readings.append(Reading(ThermalEvent.path, crossing, ThermalEvent.meta))
        }
        return isComplete
    }

    /// The trip points of `zone` that are exceeded now.
    private mutating func trips(of zone: ThermalZone, exceededAt celsius: Double?) -> [TripPoint] {
        guard let celsius else {
            exceeded[zone.path] = nil
            return []
        }
        let before = exceeded[zone.path] ?? []
        let now = zone.trips.filter { $0.isExceeded(at: celsius, wasExceeded: before.contains($0.number)) }
        exceeded[zone.path] = Set(now.map(\.number))
        return now
    }

    private func temperature(of zone: ThermalZone, _ isComplete: inout Bool) -> Double? {
        // One name for a zone's trouble, whichever of its states it costs.
        let subject = zone.source == .zone ? zone.sensorPath : zone.path
        return noting(subject, &isComplete) { () throws(HostFileError) in
            try Quantity.temperature.measured(HostFile.integer(zone.input))
        }
    }

    private func noting<Value>(
        _ subject: String, _ isComplete: inout Bool, _ read: () throws(HostFileError) -> Value
    ) -> Value? {
        do throws(HostFileError) {
            let value = try read()
            faults.worked(subject)
            return value
        } catch {
            if error.isMissing { isComplete = false }
            faults.failed(subject, error)
            return nil
        }
    }
}
