import Files
import JSONText
import Testing

@testable import AgentCore
@testable import Providers

/// What batteries and mains become on the bus.
struct PowerProviderTests {
    @Test("a discharging battery tells how long it lasts: what it holds, by what it gives")
    func timeToEmpty() {
        let value = battery(["status": "Discharging", "energy_now": "30000000", "power_now": "10000000"])
        #expect(value["timeToEmpty"] == .number(3 * 3600))
        #expect(value["timeToFull"] == nil)
        #expect(value["power"] == 10)
    }

    @Test("a charging battery tells when it is full, also one that counts in ampere-hours")
    func timeToFull() {
        let value = battery([
            "status": "Charging", "charge_now": "2000000", "charge_full": "3000000", "current_now": "500000",
            "voltage_now": "12000000",
        ])
        #expect(value["timeToFull"] == .number(2 * 3600))
        #expect(value["power"] == 6)
        #expect(value["charge"] == 2)
    }

    @Test("drivers that count a discharge below zero say the same")
    func negative() {
        let value = battery([
            "status": "Discharging", "charge_now": "2000000", "current_now": "-500000", "voltage_now": "3700000",
        ])
        #expect(value["current"] == 0.5)
        #expect(value["power"] == 1.85)
        #expect(value["timeToEmpty"] == .number(4 * 3600))
    }

    @Test("a battery's own estimate counts before ours, unless it is none")
    func told() {
        let measured = ["status": "Discharging", "energy_now": "30000000", "power_now": "10000000"]
        for (text, expected) in [("7000", 7000), ("0", 10800), ("3932100", 10800), ("-1", 10800)] {
            let value = battery(measured.merging(["time_to_empty_now": text]) { $1 })
            #expect(value["timeToEmpty"] == .number(expected), "\(text)")
        }
    }

    @Test(
        "where nothing flows, or makes no sense, nothing is estimated",
        arguments: [
            ["status": "Discharging", "energy_now": "30000000", "power_now": "0"],
            ["status": "Discharging", "energy_now": "30000000", "power_now": "1"],
            ["status": "Discharging", "energy_now": "0", "power_now": "5000000"],
            ["status": "Discharging", "energy_now": "-5", "power_now": "5000000"],
            ["status": "Discharging", "energy_now": "-9223372036854775808", "power_now": "-9223372036854775808"],
            ["status": "Charging", "energy_now": "30000000", "power_now": "5000000"],
            ["status": "Charging", "energy_now": "40000000", "energy_full": "30000000", "power_now": "5000000"],
            ["status": "Full", "energy_now": "30000000", "energy_full": "30000000", "power_now": "0"],
            ["status": "Not charging", "energy_now": "30000000", "power_now": "5000000"], [:],
        ])
    func noEstimate(properties: [String: String]) {
        let value = battery(properties)
        #expect(value["timeToEmpty"] == nil)
        #expect(value["timeToFull"] == nil)
    }

    @Test("the kernel's words are lower-case on the bus; what it does not know is left out")
    func words() {
        let value = battery([
            "type": "USB", "status": "Not charging", "health": "Over voltage", "technology": "Unknown",
            "capacity_level": "Unknown", "online": "1", "present": "x", "cycle_count": "0", "temp": "298",
        ])
        #expect(
            value == [
                "type": "usb", "status": "not-charging", "health": "over-voltage", "online": true, "temperature": 29.8,
            ])
    }

    @Test("a battery that is somewhat over full is full, and its charge is shown as it tells it")
    func overFull() throws {
        let value = battery([
            "type": "Battery", "status": "Full", "capacity": "117", "energy_now": "24500000", "energy_full": "20900000",
            "power_now": "0",
        ])
        #expect(value["capacity"] == 100)
        #expect(value["energy"] == 24.5 && value["energyFull"] == 20.9)
        #expect(value["timeToFull"] == nil)
    }

    @Test("a charge of several times what the battery can hold is no charge, and nothing follows from it")
    func nonsense() throws {
        let value = battery([
            "status": "Discharging", "capacity": "100", "charge_now": "34067000", "charge_full": "5225000",
            "current_now": "-300000", "voltage_now": "11400000",
        ])
        #expect(value["capacity"] == 100)
        #expect(value["charge"] == nil && value["timeToEmpty"] == nil)
        #expect(value["chargeFull"] == 5.225 && value["current"] == 0.3)
        let energy = battery(["status": "Charging", "energy_now": "90000000", "energy_full_design": "20000000"])
        #expect(energy["energy"] == nil && energy["timeToFull"] == nil)
        #expect(battery(["charge_now": "-5", "charge_full": "-1", "charge_full_design": "0"]) == [:])
    }

    @Test(
        "a percentage is from 0 to 100, or none",
        arguments: [
            ("0", 0), ("100", 100), ("101", 100), ("150", 100), ("151", nil), ("650", nil), ("-1", nil),
            ("2147483647", nil), ("-2147483648", nil),
        ] as [(String, Int?)])
    func percentage(capacity: String, shown: Int?) {
        #expect(battery(["capacity": capacity])["capacity"] == shown.map { .number($0) })
    }

    @Test("voltages, currents, powers and temperatures that cannot be are left out")
    func impossible() {
        #expect(
            battery([
                "voltage_now": "2147483647", "current_now": "-2147483648", "power_now": "2147483647", "temp": "-2740",
                "cycle_count": "2147483647", "online": "1",
            ]) == ["online": true])
    }

    @Test("serial numbers are shown only to those who asked for them")
    func serialNumbers() throws {
        let tree = try Board.laptop.tree()
        var power = PowerProvider(Host(tree), logger: MemoryLog().logger)
        #expect(power.readings().allSatisfy { $0.value["serialNumber"] == nil })
        var configuration = PowerConfiguration()
        configuration.showsSerialNumbers = true
        var open = PowerProvider(Host(tree), configuration, logger: MemoryLog().logger)
        #expect(open.readings().contains { $0.value["serialNumber"] == "4082-8a-1f-63-5c" })
    }

    @Test("a supply that is plugged in appears, one that is unplugged goes, a hidden one is never there")
    func hotPlug() throws {
        let tree = try Board.laptop.tree()
        var configuration = PowerConfiguration()
        configuration.hide = ["power/hidpp*"]
        var power = PowerProvider(Host(tree), configuration, logger: MemoryLog().logger)
        #expect(power.readings().map(\.path) == ["power/AC", "power/BAT0", "power/BAT1"])
        tree.write("sys/class/power_supply/ucsi-source-psy-USBC000:001/uevent", "POWER_SUPPLY_TYPE=USB\n")
        tree.remove("sys/class/power_supply/BAT0")
        #expect(power.readings().map(\.path) == ["power/AC", "power/BAT1", "power/ucsi-source-psy-USBC000:001"])
    }

    @Test("a supply that cannot be read costs only itself, and is logged once")
    func broken() throws {
        let tree = try Board.laptop.tree()
        let log = MemoryLog()
        let battery = "sys/class/power_supply/BAT0"
        tree.breakFile(battery + "/uevent")
        tree.write(battery + "/hwmon1/name", "BAT0\n")
        var power = PowerProvider(Host(tree), logger: log.logger)
        for _ in 0..<3 {
            #expect(power.readings().map(\.path) == ["power/AC", "power/BAT1", "power/hidpp_battery_0"])
        }
        #expect(log.said == ["warning cannot be read power/BAT0"])
    }

    @Test("what moves a little is not published; what happens is")
    func publishing() throws {
        let tree = try Board.laptop.tree()
        let uevent = "sys/class/power_supply/BAT0/uevent"
        var power = PowerProvider(Host(tree), logger: MemoryLog().logger)
        var board = StateBoard()
        func publish(_ text: String) -> [Publication] {
            tree.write(uevent, text)
            return board.apply(power.readings(), of: power.name).publications
        }
        _ = publish(
            "POWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_VOLTAGE_NOW=12816000\nPOWER_SUPPLY_POWER_NOW=7348000\n")
        let little = publish(
            "POWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_VOLTAGE_NOW=12800000\nPOWER_SUPPLY_POWER_NOW=7900000\n")
        #expect(little.isEmpty)
        let plugged = publish(
            "POWER_SUPPLY_STATUS=Charging\nPOWER_SUPPLY_VOLTAGE_NOW=12800000\nPOWER_SUPPLY_POWER_NOW=7900000\n")
        #expect(plugged.map(\.path) == ["power/BAT0"])
    }

    private func battery(_ properties: [String: String]) -> JSON {
        PowerSupply(name: "BAT0", properties: PowerSupplyProperties(properties), showsSerialNumber: false).reading.value
    }
}
