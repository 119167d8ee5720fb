import Files
import Testing

@testable import AgentCore
@testable import Providers

/// Where a device is plugged in, as a word.
struct BusAddressTests {
    @Test(
        "the first device on the way up that a bus knows is the place",
        arguments: [
            ("pci", "0000:03:00.0", "/nvme/nvme0/hwmon5", "nvme", "pci-0300"),
            ("pci", "0000:00:18.3", "/hwmon/hwmon1", "k10temp", "pci-00c3"),
            ("pci", "10000:e1:00.0", "/nvme/nvme0/hwmon5", "nvme", "pci-10000e100"),
            ("i2c", "0-0018", "/hwmon/hwmon2", "jc42", "i2c-0-18"),
            ("i2c", "12-0a2c", "/hwmon/hwmon2", "jc42", "i2c-12-a2c"),
            ("platform", "coretemp.1", "/hwmon/hwmon3", "coretemp", "platform-1"),
            ("platform", "nct6775.656", "/hwmon/hwmon3", "nct6798", "platform-nct6775-656"),
            ("platform", "fe000000.sensor", "/hwmon/hwmon3", "ts", "platform-fe000000-sensor"),
            ("scsi", "0:0:0:0", "/hwmon/hwmon3", "drivetemp", "scsi-0-0-0-0"),
            ("hid", "0003:1B1C:0C1C.0004", "/hwmon/hwmon3", "corsair", "hid-0003-1b1c-0c1c-0004"),
            ("pci", "not:an:address", "/hwmon/hwmon3", "x", "pci-not-an-address"),
        ])
    func places(bus: String, id: String, below: String, chip: String, word: String) throws {
        let tree = try Tree()
        let device = "sys/devices/somewhere/\(id)"
        tree.link(device + "/subsystem", to: "../../../bus/\(bus)")
        tree.link(device + below + "/subsystem", to: "../../../../../class/hwmon")
        #expect(
            BusAddress.word(of: tree.filePath("\(device)\(below)"), chip: chip, below: tree.filePath("sys")) == word)
    }

    @Test("a device on no bus has no place, and the search does not leave sysfs")
    func nowhere() throws {
        let tree = try Tree()
        tree.link("subsystem", to: "../bus/outside")
        tree.write("sys/devices/virtual/hwmon/hwmon0/name", "x\n")
        let directory = tree.filePath("sys/devices/virtual/hwmon/hwmon0")
        #expect(BusAddress.word(of: directory, chip: "x", below: tree.filePath("sys")) == nil)
    }
}
