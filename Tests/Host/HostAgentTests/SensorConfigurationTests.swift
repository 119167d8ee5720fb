import ConfigurationFile
import Testing

@testable import AgentCore
@testable import Providers

/// What the admin may say about sensors and power supplies.
struct SensorConfigurationTests {
    @Test("every key of both sections")
    func keys() throws {
        let configuration = try AgentConfiguration(
            parsing: """
                [sensors]
                enabled = false
                interval = 2.5
                hide = ["sensors/nct6798/in*", "*/alarms"]
                [sensors.deadband]
                temperature = 1
                fan = 100
                [power]
                interval = 60
                serial-numbers = true
                hide = ["power/hidpp*"]
                """, of: HostProviders.all)
        let sensors = try #require(configuration["sensors"] as? SensorConfiguration)
        let power = try #require(configuration["power"] as? PowerConfiguration)
        #expect(!sensors.enabled)
        #expect(sensors.interval == .seconds(2.5))
        #expect(Patterns(sensors.hide).match("sensors/nct6798/in12"))
        #expect(Patterns(sensors.hide).match("sensors/coretemp/alarms"))
        #expect(!Patterns(sensors.hide).match("sensors/nct6798/fan1"))
        #expect(sensors.deadband(.temperature) == 1)
        #expect(sensors.deadband(.fan) == 100)
        #expect(sensors.deadband(.voltage) == Quantity.voltage.deadband)
        #expect(power.enabled)
        #expect(power.interval == .seconds(60))
        #expect(power.showsSerialNumbers)
        #expect(power.hide == ["power/hidpp*"])
    }

    @Test("without a file, sensors follow the agent's interval and supplies their own")
    func defaults() throws {
        let configuration = try AgentConfiguration(parsing: "", of: HostProviders.all)
        let sensors = try #require(configuration["sensors"] as? SensorConfiguration)
        let power = try #require(configuration["power"] as? PowerConfiguration)
        #expect(sensors.interval == nil)
        #expect(power.interval == .seconds(10))
        #expect(!power.showsSerialNumbers)
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            "[sensors.deadband]\nwarmth = 1", "[sensors.deadband]\ntemperature = -1", "[sensors]\ninterval = 0.01",
            "[sensors]\nhide = \"sensors/*\"", "[power]\nserials = true", "[power]\ninterval = \"1 min\"",
        ])
    func refused(text: String) {
        #expect(throws: ConfigurationError.self) { try AgentConfiguration(parsing: text, of: HostProviders.all) }
    }
}
