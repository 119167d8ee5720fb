import JSONText
import JetProtocol
import Testing

@testable import AgentCore
@testable import Providers

/// Values that no machine can have: they are left out, as those of a sensor that cannot be read.
struct ImpossibleValuesTests {
    @Test(
        "a chip's impossible temperature is no value, is logged once, and others go on",
        arguments: [
            "-650788984", "2147483647", "-2147483648", "-274000", "4294967295", "65535000", "9223372036854775807",
        ])
    func chip(raw: String) throws {
        let tree = try Tree(
            manifest: """
                sys/class/hwmon/hwmon0/name = chip
                sys/class/hwmon/hwmon0/temp1_input = \(raw)
                sys/class/hwmon/hwmon0/temp2_input = 25000
                """)
        let log = MemoryLog()
        var sensors = SensorProvider(Host(tree), logger: log.logger)
        for _ in 0..<3 { #expect(sensors.readings().map(\.path) == ["sensors/chip/temp2"]) }
        #expect(log.said == ["warning cannot be read sensors/chip/temp1"])
        #expect(log.metadata.first?["reason"] == "\(raw) is no possible temperature")
        tree.write("sys/class/hwmon/hwmon0/temp1_input", "26000\n")
        #expect(sensors.readings().map(\.path) == ["sensors/chip/temp1", "sensors/chip/temp2"])
    }

    @Test(
        "a zone's impossible temperature is no value and crosses no trip point",
        arguments: ["-650788984", "2147483647", "-2147483648", "-274000"])
    func zone(raw: String) throws {
        let tree = try Tree(
            manifest: """
                sys/class/thermal/thermal_zone0/type = soc-thermal
                sys/class/thermal/thermal_zone0/temp = \(raw)
                sys/class/thermal/thermal_zone0/trip_point_0_type = critical
                sys/class/thermal/thermal_zone0/trip_point_0_temp = 90000
                sys/class/thermal/thermal_zone0/trip_point_0_hyst = 2147483647
                """)
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        let readings = sensors.readings()
        #expect(readings.map(\.path) == ["thermal/zone/soc-thermal"])
        #expect(readings.first?.value["temperature"] == nil && readings.first?.value["state"] == .null)
        #expect(readings.first?.value["trips"]?[0]?["hysteresis"] == 0)
    }

    @Test("a value that was read before is not kept in the place of an impossible one")
    func held() throws {
        let tree = try Tree(
            manifest: "sys/class/hwmon/hwmon0/name = chip\nsys/class/hwmon/hwmon0/temp1_input = 25000\n")
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        #expect(sensors.readings().count == 1)
        tree.write("sys/class/hwmon/hwmon0/temp1_input", "-274000\n")
        #expect(sensors.readings().isEmpty)
    }

    @Test("each quantity has bounds, and the extremes of a driver's types are never values")
    func quantities() {
        let impossible: [(Quantity, [Int])] = [
            (.temperature, [-273_151, -274_000, 3_000_001]), (.fan, [-1, 500_001]), (.humidity, [-1, 100_001]),
            (.voltage, [100_000_001, -100_000_001]), (.current, [100_000_001]), (.power, [10_000_000_000_001]),
            (.energy, [-1]),
        ]
        for (quantity, values) in impossible {
            for raw in values { #expect(quantity.value(raw) == nil, "\(quantity.name) \(raw)") }
            for raw in [Int.min, .max, Int(Int32.min), Int(Int32.max), Int(UInt32.max)] {
                #expect(quantity.value(raw) == nil, "\(quantity.name) \(raw)")
            }
        }
        let possible: [(Quantity, [Int])] = [
            (.temperature, [-273_150, -196_000, 0, 1_700_000]), (.fan, [0, 30_000]), (.humidity, [0, 100_000]),
            (.voltage, [-12_000, 0, 400_000]), (.current, [-500_000, 500_000]),
            (.power, [-5_000_000, 0, 3_000_000_000]),
            (.energy, [0, 4_387_113_253_098]),
        ]
        for (quantity, values) in possible {
            for raw in values { #expect(quantity.value(raw) != nil, "\(quantity.name) \(raw)") }
        }
    }

    @Test("a cooling device's state beyond its range is no value", arguments: ["-2", "11", "2147483647"])
    func cooling(state: String) throws {
        let tree = try Tree(
            manifest: """
                sys/class/thermal/cooling_device0/type = fan
                sys/class/thermal/cooling_device0/max_state = 10
                sys/class/thermal/cooling_device0/cur_state = \(state)
                """)
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        #expect(sensors.readings().isEmpty)
    }

    @Test("parts of the memory that are negative, or more than the whole, are left out")
    func memory() throws {
        let tree = try Tree()
        tree.write(
            "proc/meminfo",
            """
            MemTotal:        1000 kB
            MemFree:          400 kB
            MemAvailable:    1001 kB
            Buffers:            0 kB
            Cached:            -4 kB
            SwapTotal:       3000 kB
            SwapFree:        3001 kB

            """)
        #expect(
            try Memory.reading(Host(tree)).value == [
                "total": 1_024_000, "free": 409_600, "buffers": 0, "swapTotal": 3_072_000,
            ])
        tree.write("proc/meminfo", "MemTotal: -1 kB\n")
        #expect(throws: HostFileError.self) { try Memory.reading(Host(tree)) }
    }

    @Test(
        "a load, an uptime and a pressure that cannot be are no values",
        arguments: ["-0.5 0 0", "nan 0 0", "inf 0 0", "1e300 0 0"])
    func load(text: String) throws {
        let tree = try Tree()
        tree.write("proc/loadavg", text + " 1/100 1\n")
        #expect(throws: HostFileError.self) { try Load.reading(Host(tree)) }
        for uptime in ["-5.00 0.00", "9223372036854775807 0"] {
            tree.write("proc/uptime", uptime + "\n")
            #expect(throws: HostFileError.self) { try Load.uptime(Host(tree)) }
        }
        tree.write("proc/pressure/cpu", "some avg10=-1.00 avg60=101.00 avg300=5.00 total=1\n")
        #expect(Pressure.reading(Host(tree))?.value == ["cpu": ["some": ["avg300": 5]]])
    }

    @Test("processors' counters that go backwards, or wrap, give no usage below 0 or above 100 percent")
    func usage() throws {
        var usage = CPUUsage()
        for text in [
            "cpu 100 0 0 900", "cpu 200 0 0 1800", "cpu 5 0 0 7", "cpu 18446744073709551615 0 0 9", "cpu 6 0 0 9",
        ] {
            let times = try #require(CPUTimes(text + "\n"))
            guard let total = usage.reading(times)?.value["total"]?.double else { continue }
            #expect((0...100).contains(total))
        }
    }

    @Test("a frequency that no processor has is not known", arguments: ["0", "-1", "2147483647000"])
    func frequency(text: String) throws {
        let tree = try Tree()
        for (policy, current) in [(0, text), (1, "1800000")] {
            let directory = "sys/devices/system/cpu/cpufreq/policy\(policy)"
            tree.write(directory + "/scaling_cur_freq", current + "\n")
            tree.write(directory + "/affected_cpus", "\(policy)\n")
            tree.write(directory + "/scaling_min_freq", text + "\n")
        }
        #expect(CPUFrequency.reading(Host(tree))?.value == ["cores": [.null, 1800]])
    }
}
