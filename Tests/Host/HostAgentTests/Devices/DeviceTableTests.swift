import Files
import JSONText
import Testing
import Udev

@testable import AgentCore
@testable import Providers

/// What events do to the table of devices, and in particular those that were told while devices were enumerated.
struct DeviceTableTests {
    private static let stick: FilePath = "/sys/devices/pci0/usb1/1-2"

    private func table(_ devices: [Device] = [], horizon: UInt64 = 100) -> DeviceTable {
        var table = DeviceTable(subsystems: ["usb", "net", "block"], filter: PropertyFilter())
        table.replace(with: devices, horizon: horizon)
        return table
    }

    private func usb(
        _ action: String? = nil, _ number: UInt64? = nil, model: String = "Stick", at syspath: FilePath = Self.stick
    ) -> Device {
        Device(
            action: action, sequenceNumber: number, subsystem: "usb", sysname: "1-2", syspath: syspath,
            properties: ["ID_MODEL": model])
    }

    private func models(_ table: DeviceTable) -> [String] {
        table.readings.map { $0.value["properties"]?["ID_MODEL"]?.string ?? "" }
    }

    @Test("a device is shown with what may be seen of it")
    func value() {
        let disk = Device(
            subsystem: "block", sysname: "cciss/c0d0", syspath: "/sys/devices/x/block/cciss!c0d0",
            devnode: "/dev/cciss/c0d0",
            properties: ["DEVTYPE": "disk", "DRIVER": "sd", "ID_BUS": "scsi", "ID_SERIAL": "secret", "MAJOR": "8"])
        #expect(
            table([disk]).readings.map { [.string($0.path), $0.value] } == [
                [
                    "devices/block/cciss%2Fc0d0",
                    [
                        "sysname": "cciss/c0d0", "syspath": "/sys/devices/x/block/cciss!c0d0",
                        "devnode": "/dev/cciss/c0d0", "devtype": "disk", "driver": "sd",
                        "properties": ["ID_BUS": "scsi"],
                    ],
                ]
            ] as [JSON])
    }

    @Test("a device comes with add, is what change, bind, unbind, online and offline say, and goes with remove")
    func life() {
        var table = table()
        for (number, action) in ["add", "change", "bind", "unbind", "online", "offline"].enumerated() {
            let outcome = table.apply([.device(usb(action, 101 + UInt64(number), model: action))])
            #expect(outcome.stale.isEmpty)
            #expect(models(table) == [action])
        }
        _ = table.apply([.device(usb("remove", 110))])
        #expect(table.readings.isEmpty)
    }

    @Test("an event that the enumeration may have seen changes nothing by itself: its device is to be read anew, once")
    func hint() {
        var table = table([usb(model: "now")])
        let events = [usb("add", 99, model: "old"), usb("change", 100, model: "older")]
        let outcome = table.apply(events.map { .device($0) })
        #expect(outcome.stale == [Self.stick])
        #expect(models(table) == ["now"])
        // udev's rules were not done with it when it was enumerated.
        table.refresh(Self.stick, usb(model: "settled"))
        #expect(models(table) == ["settled"])
    }

    @Test("an old add of a device that is gone does not bring it back, even when its remove was lost")
    func ghost() {
        var table = table()
        let outcome = table.apply([.device(usb("add", 90)), .lost])
        #expect(outcome.isLossy)
        for path in outcome.stale { table.refresh(path, nil) }
        #expect(table.readings.isEmpty)
    }

    @Test("a remove that waited while devices were enumerated still holds, unless the device came back")
    func removedMeanwhile() {
        var table = table([usb()])
        let outcome = table.apply([.device(usb("remove", 100))])
        #expect(outcome.stale == [Self.stick])
        var back = table
        table.refresh(Self.stick, nil)
        #expect(table.readings.isEmpty)
        back.refresh(Self.stick, usb(model: "again"))
        #expect(models(back) == ["again"])
    }

    @Test("an event that comes twice counts once")
    func duplicate() {
        var table = table()
        _ = table.apply([.device(usb("add", 101)), .device(usb("change", 102, model: "new"))])
        let outcome = table.apply([.device(usb("add", 101, model: "old"))])
        #expect(outcome.last == nil)
        #expect(models(table) == ["new"])
    }

    @Test("of two devices with one name the later counts, and the late remove of the former does not take it away")
    func sameName() {
        var table = table([usb(model: "former")])
        _ = table.apply([
            .device(usb("add", 101, model: "latter", at: "/sys/devices/pci0/usb9/1-2")), .device(usb("remove", 102)),
        ])
        #expect(models(table) == ["latter"])
    }

    @Test("a link that is renamed goes from its old name to its new one, and what is below it moves along")
    func move() {
        let link = Device(subsystem: "net", sysname: "eth0", syspath: "/sys/devices/x/net/eth0")
        let below = Device(subsystem: "usb", sysname: "5-1", syspath: "/sys/devices/x/net/eth0/5-1")
        var table = table([link, below])
        let renamed = Device(
            action: "move", sequenceNumber: 101, subsystem: "net", sysname: "lan", syspath: "/sys/devices/x/net/lan",
            formerSyspath: "/sys/devices/x/net/eth0")
        _ = table.apply([.device(renamed)])
        #expect(table.readings.map(\.path) == ["devices/net/lan", "devices/usb/5-1"])
        #expect(
            table.readings.map { $0.value["syspath"] } == ["/sys/devices/x/net/lan", "/sys/devices/x/net/lan/5-1"])
    }

    @Test("devices of other subsystems are nobody's business")
    func others() {
        let event = Device(
            action: "add", sequenceNumber: 101, subsystem: "mem", sysname: "null", syspath: "/sys/devices/x/null")
        var table = table()
        #expect(table.apply([.device(event)]) == DeviceTable.Outcome())
        #expect(table.readings.isEmpty)
    }
}
