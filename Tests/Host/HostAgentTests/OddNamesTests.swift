import Files
import Glibc
import JSONText
import Testing
import Udev

@testable import AgentCore
@testable import Providers

/// Names of the system that are not UTF-8: what is published about them, and that the files behind them are found.
struct OddNamesTests {
    private static let odd = FilePath(Array("bad".utf8) + [0xE9] + Array("if".utf8))

    @Test("a file system whose mount point is not UTF-8 has its numbers, and its point with the byte escaped")
    func mountPoint() throws {
        let tree = try Tree()
        tree.makeFolder("proc/self")
        tree.makeFolder("mnt/\(Self.odd)")
        tree.write(
            "proc/self/mountinfo",
            bytes: Array("9 0 7:0 / /mnt/bad".utf8) + [0xE9] + Array("if rw - ext4 /dev/loop0 rw\n".utf8))
        let log = MemoryLog()
        var filesystems = FilesystemProvider(Host(tree), logger: log.logger)
        let reading = try #require(filesystems.readings().first)
        #expect(reading.path == "storage/filesystems/mnt-bad%E9if")
        #expect(reading.value["mountPoint"] == "/mnt/bad%E9if")
        for member in ["size", "used", "percent"] { #expect(reading.value[member]?.double != nil, "\(member)") }
        #expect(log.said.isEmpty)
    }

    @Test("mount points that differ in such a byte alone keep their names, whichever is mounted first")
    func mountPoints() throws {
        let tree = try Tree()
        tree.makeFolder("proc/self")
        let line = { (byte: UInt8) in
            Array("9 0 7:\(byte) / /mnt/a".utf8) + [byte] + Array(" rw - ext4 /dev/loop0 rw\n".utf8)
        }
        for bytes in [[0xE9, 0xE8], [0xE8, 0xE9]] as [[UInt8]] {
            tree.write("proc/self/mountinfo", bytes: bytes.flatMap(line))
            var filesystems = FilesystemProvider(Host(tree), logger: MemoryLog().logger)
            #expect(
                filesystems.readings().map(\.path).sorted()
                    == ["storage/filesystems/mnt-a%E8", "storage/filesystems/mnt-a%E9"])
        }
    }

    @Test("a file system that cannot be reached at one of its mount points is asked at another")
    func severalMounts() throws {
        let tree = try Tree()
        tree.makeFolder("mnt/there")
        tree.write(
            "proc/self/mountinfo",
            "1 0 7:0 / /gone rw - ext4 /dev/sda1 rw\n2 0 7:0 / /mnt/there rw - ext4 /dev/sda1 rw\n")
        let log = MemoryLog()
        var filesystems = FilesystemProvider(Host(tree), logger: log.logger)
        let readings = filesystems.readings()
        #expect(readings.map(\.path) == ["storage/filesystems/gone"])
        #expect(readings.first?.value["size"]?.double != nil)
        #expect(log.said.isEmpty)
    }

    @Test("a mount point of letters that no word is made of, and one that begins with a combining one, have names")
    func words() {
        let table = MountTable(
            Array("1 0 7:0 / /é rw - ext4 /dev/a rw\n2 0 7:1 / /\u{301}x rw - ext4 /dev/b rw\n".utf8))
        #expect(table.mounts.map(\.point) == ["/é", "/\u{301}x"])
    }

    @Test("a network link whose name is not UTF-8 is among the devices as it is among the links, with its hardware")
    func link() throws {
        let tree = try linkTree()
        let source = SysfsSource(Host(tree), subsystems: ["net"])
        var table = DeviceTable(subsystems: ["net"], filter: PropertyFilter())
        table.replace(with: try source.devices(), horizon: 0)
        #expect(table.readings.map(\.path) == ["devices/net/bad%E9if"])
        #expect(LinkPath.link(Self.odd.bytes) == "network/bad%E9if")
        #expect(table.readings.first?.value["sysname"] == "bad%E9if")
        #expect(table.readings.first?.value["syspath"] == "/sys/devices/virtual/net/bad%E9if")
        let syspath: FilePath = "/sys/devices/virtual/net/\(Self.odd)"
        #expect(try source.device(at: syspath)?.sysname == Self.odd)
        #expect(LinkHardware(Self.odd.bytes, of: Host(tree)).speed == 1000)
    }

    @Test("an LED, a battery and a disk whose names are not UTF-8 are read, and the LED can be set")
    func others() throws {
        let tree = try Tree()
        for folder in ["class/leds", "class/power_supply", "block"] as [FilePath] {
            tree.makeFolder("sys/\(folder)/\(Self.odd)/device")
        }
        tree.write("sys/class/leds/\(Self.odd)/brightness", bytes: Array("1\n".utf8))
        tree.write("sys/class/power_supply/\(Self.odd)/uevent", bytes: Array("POWER_SUPPLY_ONLINE=1\n".utf8))
        tree.write("sys/block/\(Self.odd)/stat", bytes: Array("1 2 3 4 5 6 7 8 9 10 11\n".utf8))
        let host = Host(tree)
        let led = try #require(LED.scan(host, hiding: Patterns([])).first)
        #expect(led.path == "led/bad%E9if")
        try SysfsAttributes().write("5", to: led.attribute("brightness"))
        #expect(try led.brightness(SysfsAttributes()) == 5)
        var power = PowerProvider(host, logger: MemoryLog().logger)
        #expect(power.readings().map(\.path) == ["power/bad%E9if"])
        var disks = DiskProvider(host, logger: MemoryLog().logger)
        #expect(disks.readings().map(\.path) == ["storage/disks/bad%E9if"])
    }

    @Test("the wait for a file whose name is not UTF-8 ends when it is written")
    func watch() async throws {
        let tree = try Tree()
        tree.makeFolder("etc")
        let watch = try FileWatch([tree.filePath("etc/\(Self.odd)")])
        tree.write("etc/\(Self.odd)", bytes: [])
        await watch.changed()
    }

    @Test(
        "a plain file in the folder of a class is no device",
        arguments: ["net", "hwmon", "thermal", "power_supply", "leds", "ieee80211"])
    func plainFiles(name: String) throws {
        let tree = try Tree()
        // As the kernel's bonding driver makes one in class/net.
        for file in ["bonding_masters", "thermal_zone0", "cooling_device0", "hwmon0"] {
            tree.write("sys/class/\(name)/\(file)", "bond0\n")
        }
        let (host, log) = (Host(tree), MemoryLog())
        #expect(host.devices(ofClass: FilePath(name)).isEmpty)
        #expect(try SysfsSource(host, subsystems: [name]).devices().isEmpty)
        #expect(LED.scan(host, hiding: Patterns([])).isEmpty)
        var (sensors, power) = (SensorProvider(host, logger: log.logger), PowerProvider(host, logger: log.logger))
        #expect(sensors.readings().isEmpty && power.readings().isEmpty)
        #expect(log.said.isEmpty)
    }

    @Test("a plain file beside the disks is no disk")
    func plainFileBesideDisks() throws {
        let tree = try Tree()
        tree.write("sys/block/sda", "")
        var disks = DiskProvider(Host(tree), logger: MemoryLog().logger)
        #expect(disks.readings().isEmpty)
    }

    /// A machine with the link.
    private func linkTree() throws -> Tree {
        let tree = try Tree()
        let device: FilePath = "sys/devices/virtual/net/\(Self.odd)"
        tree.makeFolder(device)
        tree.makeFolder("sys/class/net")
        tree.write("\(device)/uevent", bytes: Array("INTERFACE=bad".utf8) + [0xE9] + Array("if\nIFINDEX=7\n".utf8))
        tree.write("\(device)/speed", bytes: Array("1000\n".utf8))
        tree.link("\(device)/subsystem", toFile: "../../../../class/net")
        tree.link("sys/class/net/\(Self.odd)", toFile: "../../devices/virtual/net/\(Self.odd)")
        return tree
    }
}
