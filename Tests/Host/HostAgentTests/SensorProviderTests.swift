import Files
import Glibc
import JSONText
import Testing

@testable import AgentCore
@testable import Providers

/// What a machine's sensors do to the states that show them.
struct SensorProviderTests {
    @Test("a sensor whose file fails costs only itself, and is logged once, and once when it is back")
    func brokenSensor() throws {
        let tree = try Board.raspberryPi.tree()
        let log = MemoryLog()
        let zone = "sys/devices/virtual/thermal/thermal_zone1"
        tree.write(zone + "/type", "gpu-thermal\n")
        tree.write(zone + "/temp", "40000\n")
        tree.link("sys/class/thermal/thermal_zone1", to: "../../devices/virtual/thermal/thermal_zone1")
        var sensors = SensorProvider(Host(tree), logger: log.logger)
        let before = paths(sensors.readings())
        #expect(before.contains("sensors/thermal/gpu-thermal"))

        tree.breakFile(zone + "/temp")
        for _ in 0..<3 {
            #expect(paths(sensors.readings()) == before.filter { $0 != "sensors/thermal/gpu-thermal" })
        }
        #expect(log.said == ["warning cannot be read sensors/thermal/gpu-thermal"])

        tree.remove(zone + "/temp")
        tree.write(zone + "/temp", "41000\n")
        for _ in 0..<3 { #expect(value("sensors/thermal/gpu-thermal", in: sensors.readings()) == 41) }
        #expect(log.said.dropFirst() == ["notice can be read again sensors/thermal/gpu-thermal"])
    }

    @Test(
        "a value that is no number is a failure of that sensor",
        arguments: ["", "\n", "warm\n", "12 34\n", "0x10\n", "\0\0"])
    func garbage(text: String) throws {
        let tree = try Board.desktop.tree()
        let input = "sys/devices/pci0000:00/0000:00:18.3/hwmon/hwmon2/temp2_input"
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        let before = paths(sensors.readings())
        tree.write(input, text)
        #expect(paths(sensors.readings()) == before.filter { $0 != "sensors/k10temp/tdie" })
    }

    @Test(
        "an extreme number is taken as it is, as long as it is possible",
        arguments: [("-273150\n", -273.15), ("+61000\n", 61), ("3000000", 3000)])
    func extreme(text: String, celsius: Double) throws {
        let tree = try Board.raspberryPi.tree()
        tree.write("sys/devices/virtual/thermal/thermal_zone0/hwmon0/temp1_input", text)
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        #expect(value("cpu/temperature", in: sensors.readings()) == celsius)
    }

    @Test("a sensor that is only busy keeps the value it had for a few polls, without a word; then it is a failure")
    func busySensor() throws {
        let tree = try Board.laptop.tree()
        let log = MemoryLog()
        let path = "sensors/thinkpad/fan1"
        let input = "sys/devices/platform/thinkpad_hwmon/hwmon/hwmon5/fan1_input"
        var sensors = SensorProvider(Host(tree), logger: log.logger)
        #expect(value(path, in: sensors.readings()) == 2731)
        let said = log.said
        let pipe = try tree.makeBusyFile(input)
        defer { close(pipe) }
        for _ in 0..<ChipReader.patience { #expect(value(path, in: sensors.readings()) == 2731) }
        #expect(log.said == said)
        for _ in 0..<3 { #expect(value(path, in: sensors.readings()) == nil) }
        #expect(log.said.dropFirst(said.count) == ["warning cannot be read \(path)"])
        tree.remove(input)
        tree.write(input, "2800\n")
        #expect(value(path, in: sensors.readings()) == 2800)
    }

    @Test("a fan that reports its own fault has no state meanwhile, and is logged once")
    func faultyFan() throws {
        let tree = try Board.laptop.tree()
        let log = MemoryLog()
        let chip = "sys/devices/platform/thinkpad_hwmon/hwmon/hwmon5"
        tree.write(chip + "/fan1_fault", "0\n")
        var sensors = SensorProvider(Host(tree), logger: log.logger)
        #expect(value("sensors/thinkpad/fan1", in: sensors.readings()) == 2731)
        let said = log.said
        tree.write(chip + "/fan1_fault", "1\n")
        for _ in 0..<3 { #expect(value("sensors/thinkpad/fan1", in: sensors.readings()) == nil) }
        #expect(value("sensors/thinkpad/fan2", in: sensors.readings()) == 0)
        #expect(log.said.dropFirst(said.count) == ["warning cannot be read sensors/thinkpad/fan1"])
    }

    @Test("crossed limits are seen before long, and at once when the driver tells of them")
    func alarms() throws {
        let tree = try Board.raspberryPi.tree()
        let alarm = "sys/devices/platform/soc/soc:firmware/raspberrypi-hwmon/hwmon/hwmon1/in0_lcrit_alarm"
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        func alarms() -> JSON? { sensors.readings().first { $0.path == "sensors/rpi-volt/alarms" }?.value }
        #expect(alarms() == [:])
        tree.write(alarm, "1\n")
        let found = (1...ChipReader.alarmPeriod).first { _ in alarms() == ["in0": ["lcrit"]] }
        #expect(found != nil)

        tree.write(alarm, "0\n")
        #expect(alarms() == ["in0": ["lcrit"]])
        sensors.news.deviceChanged()
        #expect(alarms() == [:])
    }

    @Test("what is hidden is not published, and not even read")
    func hidden() throws {
        let tree = try Board.laptop.tree()
        let log = MemoryLog()
        var configuration = SensorConfiguration()
        configuration.hide = ["sensors/*", "thermal/cooling/processor-[0-9]", "cpu/temperature"]
        var sensors = SensorProvider(Host(tree), configuration, logger: log.logger)
        #expect(
            paths(sensors.readings()) == [
                "thermal/zone/acpitz", "thermal/zone/int3400-thermal", "thermal/zone/iwlwifi-1",
                "thermal/zone/x86-pkg-temp", "thermal/cooling/intel-powerclamp",
            ])
        // The zones are read by themselves when no chip reads for them.
        #expect(log.said == ["warning cannot be read thermal/zone/iwlwifi-1"])
    }

    @Test("a deadband is the quantity's, and the configuration's word on it counts")
    func deadbands() throws {
        let tree = try Board.desktop.tree()
        var configuration = SensorConfiguration()
        configuration.deadbands = ["voltage": 0.25, "temperature": 0]
        var sensors = SensorProvider(Host(tree), configuration, logger: MemoryLog().logger)
        let deadbands = Dictionary(uniqueKeysWithValues: sensors.readings().map { ($0.path, $0.deadband) })
        #expect(deadbands["sensors/nct6798/in0"] == .number(0.25))
        #expect(deadbands["sensors/nct6798/fan1"] == .number(50))
        #expect(deadbands["sensors/amdgpu/ppt"] == .number(0.5))
        #expect(deadbands["sensors/amdgpu/edge"] == .number(0))
        #expect(deadbands["cpu/temperature"] == .number(0))
    }

    @Test("a sensor whose file vanishes is looked for again, and is no failure once it is known to be gone")
    func vanishedFile() throws {
        let tree = try Board.laptop.tree()
        let log = MemoryLog()
        var sensors = SensorProvider(Host(tree), logger: log.logger)
        _ = sensors.readings()
        let said = log.said
        tree.remove("sys/devices/platform/coretemp.0/hwmon/hwmon3/temp6_input")
        for _ in 0..<3 { #expect(!paths(sensors.readings()).contains("sensors/coretemp/core-4")) }
        #expect(log.said.dropFirst(said.count) == ["warning cannot be read sensors/coretemp/core-4"])
    }

    @Test("a chip that is plugged in appears at the next poll, and one that is unplugged goes")
    func hotPlug() throws {
        let tree = try Board.raspberryPi.tree()
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        _ = sensors.readings()
        tree.write("sys/devices/platform/w1/hwmon/hwmon7/name", "w1_slave_temp\n")
        tree.write("sys/devices/platform/w1/hwmon/hwmon7/temp1_input", "19125\n")
        tree.link("sys/class/hwmon/hwmon7", to: "../../devices/platform/w1/hwmon/hwmon7")
        #expect(value("sensors/w1-slave-temp/temp1", in: sensors.readings()) == 19.125)
        tree.remove("sys/class/hwmon/hwmon7")
        #expect(value("sensors/w1-slave-temp/temp1", in: sensors.readings()) == nil)
    }

    @Test("a sensor that a chip grows later is found before long")
    func newSensorOfKnownChip() throws {
        let tree = try Board.raspberryPi.tree()
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        _ = sensors.readings()
        tree.write("sys/devices/virtual/thermal/thermal_zone0/hwmon0/temp2_input", "50000\n")
        let found = (1...60).first { _ in value("sensors/cpu-thermal/temp2", in: sensors.readings()) == 50 }
        #expect(found != nil)
    }

    @Test(
        "chips that swap their numbers keep their paths",
        arguments: [("hwmon0", "hwmon1"), ("hwmon0", "hwmon2"), ("hwmon3", "hwmon4")])
    func swappedNumbers(one: String, other: String) throws {
        let tree = try Board.desktop.tree()
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        let before = sensors.readings()
        let entries = [one, other].map { "sys/class/hwmon/\($0)" }
        let targets = try entries.map { try #require(File.link(tree.filePath(FilePath($0)))).text }
        tree.link(entries[0], to: targets[1])
        tree.link(entries[1], to: targets[0])
        #expect(sensors.readings() == before)
        var restarted = SensorProvider(Host(tree), logger: MemoryLog().logger)
        #expect(restarted.readings() == before)
    }

    @Test("two chips of one name that nothing tells apart still have two paths")
    func indistinguishable() throws {
        let tree = try Tree()
        for number in [0, 1] {
            tree.write("sys/devices/virtual/hwmon/hwmon\(number)/name", "twin\n")
            tree.write("sys/devices/virtual/hwmon/hwmon\(number)/temp1_input", "\(number)000\n")
            tree.link("sys/class/hwmon/hwmon\(number)", to: "../../devices/virtual/hwmon/hwmon\(number)")
        }
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        #expect(paths(sensors.readings()) == ["sensors/twin-1/temp1", "sensors/twin-2/temp1"])
    }

    @Test("drivers of old keep name and values in the device's directory")
    func attributesOfDevice() throws {
        let tree = try Tree()
        tree.write("sys/devices/platform/old.1/name", "old\n")
        tree.write("sys/devices/platform/old.1/temp1_input", "30000\n")
        tree.link("sys/devices/platform/old.1/hwmon/hwmon0/device", to: "../../../old.1")
        tree.link("sys/class/hwmon/hwmon0", to: "../../devices/platform/old.1/hwmon/hwmon0")
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        #expect(paths(sensors.readings()) == ["sensors/old/temp1"])
    }

    @Test("a chip without a name is called after its driver, or else its device, whatever number it has")
    func nameless() throws {
        let tree = try Tree(
            manifest: """
                sys/devices/platform/soc/board.1/hwmon/hwmon7/temp1_input = 25000
                sys/devices/platform/soc/board.1/hwmon/hwmon7/device -> ../../../board.1
                sys/devices/platform/soc/board.1/driver -> ../../../../bus/platform/drivers/fancy
                sys/devices/platform/soc/board.2/hwmon/hwmon8/temp1_input = 26000
                sys/devices/platform/soc/board.2/hwmon/hwmon8/device -> ../../../board.2
                sys/class/hwmon/hwmon7 -> ../../devices/platform/soc/board.1/hwmon/hwmon7
                sys/class/hwmon/hwmon8 -> ../../devices/platform/soc/board.2/hwmon/hwmon8
                """)
        let log = MemoryLog()
        var sensors = SensorProvider(Host(tree), logger: log.logger)
        #expect(paths(sensors.readings()) == ["sensors/board-2/temp1", "sensors/fancy/temp1"])
        #expect(log.said.isEmpty)
    }

    @Test("a chip with neither a name nor a device is logged once, and not published")
    func unnamed() throws {
        let tree = try Tree(manifest: "sys/class/hwmon/hwmon0/temp1_input = 25000")
        let log = MemoryLog()
        var sensors = SensorProvider(Host(tree), logger: log.logger)
        for _ in 0..<(2 * ClassEntries.pollsPerScan) { #expect(sensors.readings().isEmpty) }
        #expect(log.said == ["warning cannot be read sensors (hwmon0)"])
        #expect(log.metadata.first?["reason"] == "it has neither a name nor a device")
    }

    @Test("a machine without sensors, or without sysfs, has nothing to say and nothing to complain about")
    func nothing() throws {
        let log = MemoryLog()
        let tree = try Tree()
        var sensors = SensorProvider(Host(tree), logger: log.logger)
        #expect(sensors.readings().isEmpty)
        #expect(log.said.isEmpty)
    }

    private func paths(_ readings: [Reading]) -> [String] { readings.map(\.path) }

    private func value(_ path: String, in readings: [Reading]) -> Double? {
        readings.first { $0.path == path }?.value.double
    }
}
