internal import AgentCore
/// How fast a battery is charged or discharged, and for how long it goes on so: the battery's own word if it has one,
/// else what follows from what it holds.
struct BatteryEstimate: Hashable, Sendable {
    /// W, without a sign.
    let power: Double?
    /// Seconds until a discharging battery is empty.
    let timeToEmpty: Int?
    /// Seconds until a charging battery is full.
    let timeToFull: Int?

    /// What the properties of a battery, and what it holds, lead to.
    init(_ properties: PowerSupplyProperties, _ charge: BatteryCharge) {
        let voltage = properties.micro(.voltage, "voltage_now", "voltage_avg")
        let current = properties.micro(.current, "current_now", "current_avg").map(abs)
        let told = properties.micro(.power, "power_now", "power_avg").map(abs)
        let product = voltage.flatMap { voltage in current.map { voltage * $0 } }
        power = told ?? product

        // What is held, what can be, and by how much of it an hour it changes: all in Wh, or all in Ah.
        let held: (now: Double, full: Double?, rate: Double)?
        if let now = charge.energy.now, let power {
            held = (now, charge.energy.full, power)
        } else if let now = charge.charge.now, let current {
            held = (now, charge.charge.full, current)
        } else {
            held = nil
        }
        let status = properties.text("status")
        timeToEmpty =
            status != "Discharging"
            ? nil
            : Self.told(properties, "time_to_empty_now", "time_to_empty_avg")
                ?? held.flatMap { Self.seconds($0.now, at: $0.rate) }
        timeToFull =
            status != "Charging"
            ? nil
            : Self.told(properties, "time_to_full_now", "time_to_full_avg")
                ?? held.flatMap { held in held.full.flatMap { Self.seconds($0 - held.now, at: held.rate) } }
    }

    /// The battery's own estimate in seconds; gauges write 0 or 65535 minutes for none.
    private static func told(_ properties: PowerSupplyProperties, _ names: String...) -> Int? {
        names.lazy.compactMap(properties.integer).first { $0 > 0 && $0 < 65535 * 60 }
    }

    /// Estimates beyond this mean only that hardly anything flows.
    private static let longest = 100.0 * 3600

    /// How long `amount` lasts at `rate` an hour, to the full minute.
    private static func seconds(_ amount: Double, at rate: Double) -> Int? {
        guard amount > 0, rate > 0 else { return nil }
        let seconds = amount / rate * 3600
        return seconds < longest ? Int((seconds / 60).rounded()) * 60 : nil
    }
}
