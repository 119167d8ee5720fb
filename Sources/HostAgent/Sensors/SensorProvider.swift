public import Logging
internal import JSONText

/// How warm the host is: `sensors/<chip>/<sensor>` for each temperature of its monitoring chips,
/// `sensors/thermal/<type>` for the thermal zones that no chip shows, and `cpu/temperature` for the processor.
///
/// All are numbers in °C. A sensor that cannot be read, or says itself that it is faulty, has no state meanwhile.
public struct SensorProvider: Provider {
    /// `sensors`
    public let name = "sensors"

    private let host: Host
    private var chips = ChipSet()
    private let faults: FaultLog

    /// The sensors of `host`.
    public init(_ host: Host, logger: Logger) {
        self.host = host
        faults = FaultLog(logger)
    }

    /// All temperatures that can be read now.
    public mutating func readings() -> [Reading] {
        let isNew = chips.refresh(host)
        let zones = ThermalZone.scan(host, without: chips.chips)
        if isNew {
            faults.keep(chips.chips.flatMap { $0.temperatures.map(\.path) } + zones.map(\.path))
        }
        var temperatures: [Temperature] = []
        var readings: [Reading] = []
        for chip in chips.chips {
            for sensor in chip.temperatures {
                guard let value = read(sensor) else { continue }
                temperatures.append(Temperature(source: chip.name, label: sensor.label, celsius: value))
                readings.append(
                    Reading(sensor.path, .number(value), sensor.meta, deadband: Celsius.deadband))
            }
        }
        for zone in zones {
            let value = faults.noting(zone.path) { () throws(HostFileError) in try HostFile.integer(zone.input) }
            guard let celsius = value.map(Celsius.value) else { continue }
            temperatures.append(Temperature(source: zone.type, label: nil, celsius: celsius))
            readings.append(
                Reading(zone.path, .number(celsius), Celsius.meta(zone.type), deadband: Celsius.deadband))
        }
        if let summary = CPUTemperature.reading(from: temperatures) { readings.insert(summary, at: 0) }
        return readings
    }

    private mutating func read(_ sensor: Chip.Sensor) -> Double? {
        do {
            if let fault = sensor.fault, try HostFile.integer(fault) != 0 { throw SensorFault() }
            let value = try HostFile.integer(sensor.input)
            faults.worked(sensor.path)
            return Celsius.value(value)
        } catch {
            if (error as? HostFileError)?.isMissing ?? false { chips.outdate() }
            faults.failed(sensor.path, error)
            return nil
        }
    }

    /// The chip says that what it measures means nothing.
    private struct SensorFault: Error, CustomStringConvertible {
        var description: String { "the chip reports a fault of the sensor" }
    }
}
