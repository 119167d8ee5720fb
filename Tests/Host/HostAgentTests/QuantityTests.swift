import JetProtocol
import Testing

@testable import AgentCore
@testable import Providers

/// How the kernel's attributes of a chip are understood.
struct QuantityTests {
    @Test("an attribute's name says what is measured, which one, and what of it")
    func names() throws {
        let alarm = try #require(AttributeName("temp12_crit_alarm"))
        #expect((alarm.quantity, alarm.number, alarm.item) == (.temperature, 12, "crit_alarm"))
        let voltage = try #require(AttributeName("in0_input"))
        #expect((voltage.quantity, voltage.number, voltage.item) == (.voltage, 0, "input"))
    }

    @Test(
        "what is no attribute of a quantity is none",
        arguments: [
            "name", "temp_input", "temp1", "temp1input", "intrusion0_alarm", "pwm1_enable", "freq1_input",
            "temp-1_input",
            "temp99999999999999999999_input", "_input", "",
        ])
    func others(name: String) { #expect(AttributeName(name) == nil) }

    @Test("the kernel's units become those that people know")
    func units() {
        #expect(Quantity.temperature.value(-5150) == -5.15)
        #expect(Quantity.fan.value(1123) == 1123)
        #expect(Quantity.voltage.value(12_062) == 12.062)
        #expect(Quantity.current.value(-250) == -0.25)
        #expect(Quantity.power.value(24_117_000) == 24.117)
        #expect(Quantity.energy.value(4_387_113_253_098) == 4_387_113.253098)
        #expect(Quantity.humidity.value(41_250) == 41.25)
    }

    @Test("limits stand as a range in the bus's units, open where there is none")
    func format() {
        #expect(Quantity.temperature.meta("x", to: 100_000).format == ":100")
        #expect(Quantity.fan.meta("x", from: 300).format == "300:")
        #expect(Quantity.voltage.meta("x", from: -13_200, to: -10_800).format == "-13.2:-10.8")
        #expect(Quantity.power.meta("x").format == nil)
        let limits = Quantity.temperature.meta("x", to: 100_000, warning: 85_000, critical: 100_000)
        #expect(limits.max == "85" && limits.crit == "100")
    }

    @Test("a limit of 0, one beyond all reason, and a range with nothing in it are none")
    func unsetLimits() {
        #expect(Quantity.temperature.meta("x", to: 0).format == nil)
        #expect(Quantity.temperature.meta("x", to: 65_261_850).format == nil)
        #expect(Quantity.voltage.meta("x", from: 4080, to: 4080).format == nil)
    }

    @Test("the words of the metadata")
    func meta() {
        #expect(
            Quantity.fan.meta("nct6798 fan1") == Metadata(title: "nct6798 fan1", unit: "rpm", datatype: .integer))
        #expect(
            Quantity.humidity.meta("sht3x humidity1", to: 90_000)
                == Metadata(title: "sht3x humidity1", unit: "%", datatype: .float, format: ":90"))
    }
}
