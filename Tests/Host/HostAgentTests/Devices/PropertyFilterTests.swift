import Testing

@testable import AgentCore
@testable import Providers

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
}
