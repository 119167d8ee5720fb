import JSONText
import Testing

@testable import AgentCore
@testable import Providers

/// What a thermal zone says of itself, and when its trip points count as exceeded.
struct ThermalZoneTests {
    @Test("a trip point is exceeded from its temperature on, and until it has cooled by more than its hysteresis")
    func hysteresis() throws {
        let tree = try Board.raspberryPi.tree()
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        let states = [48, 54.999, 55, 60, 50, 45, 44.999, 54, 110, 109, 40].map { celsius -> JSON in
            tree.write(Self.chip + "/temp1_input", "\(Int(celsius * 1000))\n")
            return zone(&sensors)?["state"] ?? "missing"
        }
        #expect(
            states == [
                nil, nil, "active", "active", "active", "active", nil, nil, "critical", "active", nil,
            ])
    }

    @Test("of several exceeded trip points the one of the highest temperature is the state, whatever its number")
    func highest() throws {
        let tree = try zoneAlone(trips: [("critical", 90, 0), ("active", 40, 0), ("passive", 60, 0), ("hot", 80, 0)])
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        let states = [30, 50, 70, 85, 95].map { celsius -> JSON? in
            tree.write(Self.directory + "/temp", "\(celsius)000\n")
            return zone(&sensors, "soc")?["state"]
        }
        #expect(states == [.null, "active", "passive", "hot", "critical"])
    }

    @Test("trip points that nobody has set, or that make no sense, are left out")
    func unset() throws {
        let tree = try zoneAlone(trips: [("passive", 0, 0), ("passive", -274, 0), ("hot", 80, -3), ("", 50, 0)])
        tree.breakFile(Self.directory + "/trip_point_4_type")
        tree.write(Self.directory + "/trip_point_5_type", "critical\n")
        tree.write(Self.directory + "/trip_point_5_temp", "very\n")
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        #expect(zone(&sensors, "soc")?["trips"] == [["type": "hot", "temperature": 80, "hysteresis": 0]])
    }

    @Test("a change of temperature counts by the deadband, a crossing counts always")
    func publishing() throws {
        let tree = try zoneAlone(trips: [("passive", 60, 2)])
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        var board = StateBoard()
        let counts = ["59.8", "59.9", "60.0", "60.2", "60.9"].map { celsius -> Int in
            tree.write(Self.directory + "/temp", celsius.filter { $0 != "." } + "00\n")
            let steps = board.apply(sensors.readings(), of: sensors.name).publications
            return steps.count { $0.path == "thermal/zone/soc" }
        }
        #expect(counts == [1, 0, 1, 0, 1])
    }

    @Test("a zone without a temperature still tells its trip points, and is told once")
    func unreadable() throws {
        let tree = try zoneAlone(trips: [("hot", 80, 0)])
        let log = MemoryLog()
        tree.breakFile(Self.directory + "/temp")
        var sensors = SensorProvider(Host(tree), logger: log.logger)
        for _ in 0..<3 {
            let readings = sensors.readings()
            #expect(readings.map(\.path) == ["thermal/zone/soc"])
            #expect(readings.first?.value["temperature"] == nil)
            #expect(readings.first?.value["state"] == .null)
        }
        #expect(log.said == ["warning cannot be read sensors/thermal/soc"])
    }

    @Test("what a chip has read for a zone is not read again")
    func shared() throws {
        let tree = try Board.raspberryPi.tree()
        tree.write("sys/devices/virtual/thermal/thermal_zone0/temp", "99000\n")
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        #expect(zone(&sensors)?["temperature"] == 48.686)
    }

    @Test("zones of one type are numbered, and none is hidden by the chip of another")
    func sameType() throws {
        let tree = try Tree()
        for number in 0...10 {
            tree.write("sys/class/thermal/thermal_zone\(number)/type", number == 10 ? "gpu\n" : "pmic\n")
            tree.write("sys/class/thermal/thermal_zone\(number)/temp", "\(number)000\n")
        }
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        let readings = sensors.readings()
        for number in 1...9 {
            let path = "sensors/thermal/pmic-\(number)"
            #expect(readings.first { $0.path == path }?.value == .number(number - 1))
        }
        #expect(readings.contains { $0.path == "sensors/thermal/gpu" })
    }

    @Test("a cooling device's state is followed; one that cannot be read costs only itself")
    func cooling() throws {
        let tree = try Board.laptop.tree()
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        func state(_ name: String) -> JSON? {
            sensors.readings().first { $0.path == "thermal/cooling/" + name }?.value["state"]
        }
        #expect(state("processor-1") == 0)
        tree.write("sys/devices/virtual/thermal/cooling_device0/cur_state", "7\n")
        tree.breakFile("sys/devices/virtual/thermal/cooling_device1/cur_state")
        #expect(state("processor-1") == 7)
        #expect(state("processor-2") == nil)
    }

    private static let chip = "sys/devices/virtual/thermal/thermal_zone0/hwmon0"
    private static let directory = "sys/class/thermal/thermal_zone0"

    /// A machine with one zone called `soc`, at 20 degrees, and these trip points, in degrees.
    private func zoneAlone(trips: [(type: String, temperature: Int, hysteresis: Int)]) throws -> Tree {
        let tree = try Tree()
        tree.write(Self.directory + "/type", "soc\n")
        tree.write(Self.directory + "/temp", "20000\n")
        for (number, trip) in trips.enumerated() {
            let file = "\(Self.directory)/trip_point_\(number)"
            tree.write(file + "_type", trip.type + "\n")
            tree.write(file + "_temp", "\(trip.temperature * 1000)\n")
            tree.write(file + "_hyst", "\(trip.hysteresis * 1000)\n")
        }
        return tree
    }

    private func zone(_ sensors: inout SensorProvider, _ name: String = "cpu-thermal") -> JSON? {
        sensors.readings().first { $0.path == "thermal/zone/" + name }?.value
    }
}
