internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// What a power supply is and does, as the bus has it: mains, USB, a battery, in units that people know.
///
/// Only what the supply tells is there. Numbers: `voltage` V, `current` A, `power` W, `energy...` Wh, `charge...` Ah,
/// `capacity` %, `temperature` °C, `timeToEmpty` and `timeToFull` s. Current and power are without a sign, since drivers
/// disagree about theirs: `status` says whether a battery is charged or discharged.
struct PowerSupply: Sendable {
    /// The kernel's name: `BAT0`.
    let name: FilePath
    /// What it says.
    let properties: PowerSupplyProperties
    /// Whether to show its serial number.
    let showsSerialNumber: Bool

    /// Where a supply of this name stands on the bus.
    static func path(_ name: FilePath) -> String { "power/\(Slug.name(name.bytes))" }

    /// The supply as a state.
    var reading: Reading {
        Reading(
            Self.path(name), value, Metadata(title: "Power supply \(name.text)", datatype: .json),
            deadband: .members([
                "voltage": 0.1, "current": 0.1, "power": 1, "energy": 0.1, "charge": 0.02, "temperature": 1,
                "timeToEmpty": 300, "timeToFull": 300,
            ]))
    }

    private var value: JSON {
        var object = JSON.Object()
        object["type"] = word("type")
        // Whether it feeds the machine or only something plugged into it, a mouse say.
        object["scope"] = word("scope")
        object["online"] = integer("online").map { .boolean($0 != 0) }
        object["present"] = integer("present").map { .boolean($0 != 0) }
        object["status"] = word("status")
        let charge = BatteryCharge(properties)
        object["capacity"] = charge.percentage.map { .number($0) }
        object["level"] = word("capacity_level")
        let estimate = BatteryEstimate(properties, charge)
        object["energy"] = number(charge.energy.now)
        object["energyFull"] = number(charge.energy.full)
        object["energyDesign"] = number(charge.energy.design)
        object["charge"] = number(charge.charge.now)
        object["chargeFull"] = number(charge.charge.full)
        object["chargeDesign"] = number(charge.charge.design)
        object["voltage"] = number(properties.micro(.voltage, "voltage_now", "voltage_avg"))
        object["current"] = number(properties.micro(.current, "current_now", "current_avg").map(abs))
        object["power"] = number(estimate.power.map { ($0 * 1000).rounded() / 1000 })
        object["timeToEmpty"] = estimate.timeToEmpty.map { .number($0) }
        object["timeToFull"] = estimate.timeToFull.map { .number($0) }
        object["temperature"] = number(properties.integer("temp").flatMap { Quantity.temperature.value($0, per: 10) })
        // A count of 0 is what batteries say that do not count.
        object["cycles"] = properties.integer("cycle_count").flatMap {
            (1..<Int(Int32.max)).contains($0) ? .number($0) : nil
        }
        object["health"] = word("health")
        object["technology"] = text("technology")
        object["manufacturer"] = text("manufacturer")
        object["model"] = text("model_name")
        if showsSerialNumber { object["serialNumber"] = text("serial_number") }
        return .object(object)
    }

    private func integer(_ property: String) -> Int? { properties.integer(property) }

    private func number(_ value: Double?) -> JSON? { value.map { .number($0) } }

    private func text(_ property: String) -> JSON? {
        properties.text(property).flatMap { known($0) ? .string($0) : nil }
    }

    /// One of the kernel's words, in lower case and without spaces: `not-charging`.
    private func word(_ property: String) -> JSON? {
        properties.text(property).flatMap { known($0) ? .string(Slug.word($0)) : nil }
    }

    private func known(_ text: String) -> Bool { text != "Unknown" }
}
