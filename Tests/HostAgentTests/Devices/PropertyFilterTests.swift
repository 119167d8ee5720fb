import Testing

@testable import HostAgent

/// Which properties of devices are shown.
struct PropertyFilterTests {
    @Test(
        "what a device is may be seen by all",
        arguments: ["ID_VENDOR", "ID_MODEL_FROM_DATABASE", "ID_PATH", "ID_INPUT", "ID_INPUT_KEYBOARD", "ID_FS_TYPE"])
    func shown(name: String) {
        #expect(PropertyFilter().shows(name))
    }

    @Test(
        "what nobody listed is not shown", arguments: ["DEVLINKS", "TAGS", "USEC_INITIALIZED", "MAJOR", "XID_INPUT_X"])
    func hidden(name: String) {
        #expect(!PropertyFilter().shows(name))
    }

    @Test(
        "what identifies the one device is shown by permission only, whatever the list says",
        arguments: ["ID_SERIAL", "ID_SERIAL_SHORT", "ID_FS_UUID", "ID_NET_NAME_MAC", "ID_WWN", "ID_PART_ENTRY_UUID"])
    func serialNumbers(name: String) {
        #expect(!PropertyFilter().shows(name))
        #expect(!PropertyFilter(names: ["*"]).shows(name))
        #expect(PropertyFilter(serialNumbers: true).shows(name))
    }

    @Test("a list of one's own takes the place of the default one")
    func ownList() {
        let filter = PropertyFilter(names: ["TAGS", "ID_USB_*"])
        #expect(filter.shows("TAGS") && filter.shows("ID_USB_DRIVER"))
        #expect(!filter.shows("ID_VENDOR"))
    }

    @Test("a star stands for any characters, also none, and the rest for itself")
    func globs() {
        #expect(Glob.matches("input3::capslock", "input*::*"))
        #expect(Glob.matches("input3::", "input*::*"))
        #expect(!Glob.matches("tpacpi::kbd_backlight", "input*::*"))
        #expect(Glob.matches("aXbXc", "a*b*c") && !Glob.matches("aXbXcd", "a*b*c"))
        #expect(Glob.matches("", "*") && Glob.matches("", "") && !Glob.matches("a", ""))
        #expect(Glob.matches("ab.b", "a*b") && !Glob.matches("abc", "ab"))
        #expect(Glob.matches("mmc0::", "mmc0::") && !Glob.matches("mmcX::", "mmc?::"))
    }

    @Test("a point in time is ISO 8601, to the millisecond")
    func timestamps() {
        #expect(Timestamp.text(seconds: 0, milliseconds: 7) == "1970-01-01T00:00:00.007Z")
        #expect(Timestamp.text(seconds: 1_772_368_200, milliseconds: 250) == "2026-03-01T12:30:00.250Z")
    }
}
