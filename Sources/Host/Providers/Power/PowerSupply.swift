internal import AgentCore
internal import JSONText
internal import JetProtocol

/// What a power supply is and does, as the bus has it: mains, USB, a battery, in units that people know.
///
/// Only what the supply tells is there. Numbers: `voltage` V, `current` A, `power` W, `energy...` Wh, `charge...` Ah,
/// `capacity` %, `temperature` °C, `timeToEmpty` and `timeToFull` s. Current and power are without a sign, since drivers
/// disagree about theirs: `status` says whether a battery is charged or discharged.
struct PowerSupply: Sendable {
    /// The kernel's name: `BAT0`.
    let name: String
    /// What it says.
    let properties: PowerSupplyProperties
    /// Whether to show its serial number.
    let showsSerialNumber: Bool

    /// Where a supply of this name stands on the bus.
    static func path(_ name: String) -> String { "power/\(Slug.name(name.utf8))" }

    /// The supply as a state.
    var reading: Reading {
        Reading(
            Self.path(name), value, Metadata(title: "Power supply \(name)", datatype: .json),
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
        object["capacity"] = properties.integer("capacity").map { .number($0) }
        object["level"] = word("capacity_level")
        let estimate = BatteryEstimate(properties)
        object["energy"] = number(properties.micro("energy_now", "energy_avg"))
        object["energyFull"] = number(properties.micro("energy_full"))
        object["energyDesign"] = number(properties.micro("energy_full_design"))
        object["charge"] = number(properties.micro("charge_now", "charge_avg"))
        object["chargeFull"] = number(properties.micro("charge_full"))
        object["chargeDesign"] = number(properties.micro("charge_full_design"))
        object["voltage"] = number(properties.micro("voltage_now", "voltage_avg"))
        object["current"] = number(properties.micro("current_now", "current_avg").map(abs))
        object["power"] = number(estimate.power.map { ($0 * 1000).rounded() / 1000 })
        object["timeToEmpty"] = estimate.timeToEmpty.map { .number($0) }
        object["timeToFull"] = estimate.timeToFull.map { .number($0) }
        object["temperature"] = number(properties.integer("temp").map { Double($0) / 10 })
        // A count of 0 is what batteries say that do not count.
        object["cycles"] = properties.integer("cycle_count").flatMap { $0 > 0 ? .number($0) : nil }
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
