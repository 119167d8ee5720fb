internal import AgentCore
/// Which of a device's properties are shown to the bus: those that say what it is, and not whose it is.
///
/// udev's database holds dozens of properties a device, most of them for other programs. A list of names, in which `*`
/// stands for any characters, says which are shown. Serial numbers, hardware addresses and UUIDs identify a device, and
/// with it often a person; they take a permission of their own, whatever the list says.
struct PropertyFilter: Hashable, Sendable {
    /// The names that are shown and stand for themselves: nearly all, and a machine has tens of thousands of properties.
    private let words: Set<String>
    /// Patterns of further ones.
    private let patterns: Patterns
    /// Whether what identifies the one device may be shown too.
    private let serialNumbers: Bool

    /// What is shown unless the configuration says otherwise: what a device is, where it is plugged in, and what it can.
    static let defaultNames = [
        "ID_VENDOR", "ID_MODEL", "ID_VENDOR_ID", "ID_MODEL_ID", "ID_REVISION", "ID_VENDOR_FROM_DATABASE",
        "ID_MODEL_FROM_DATABASE", "ID_PATH", "ID_BUS", "ID_TYPE", "ID_USB_DRIVER", "ID_INPUT", "ID_INPUT_*",
        "ID_FS_TYPE",
        "ID_PART_TABLE_TYPE", "ID_PART_ENTRY_NUMBER", "ID_NET_DRIVER", "ID_NET_NAME_PATH", "ID_NET_NAME_ONBOARD",
        "ID_NET_NAME_SLOT", "NAME", "POWER_SUPPLY_TYPE",
    ]

    /// What is shown besides when serial numbers may be.
    static let serialNames = [
        "ID_SERIAL", "ID_SERIAL_SHORT", "ID_WWN", "ID_FS_UUID", "ID_PART_ENTRY_UUID", "ID_PART_TABLE_UUID",
        "ID_NET_NAME_MAC", "UNIQ",
    ]

    /// The words of a name that give away that its value is one of a kind.
    private static let identifying: Set<Substring> = ["SERIAL", "UUID", "WWN", "MAC", "UNIQ", "EUI", "NGUID"]

    /// A filter that shows these names.
    init(names: [String] = Self.defaultNames, serialNumbers: Bool = false) {
        let isPattern = { (name: String) in name.utf8.contains { "*?[\\".utf8.contains($0) } }
        words = Set(names.filter { !isPattern($0) })
        patterns = Patterns(names.filter(isPattern))
        self.serialNumbers = serialNumbers
    }

    /// Whether the property called `name` is shown.
    func shows(_ name: String) -> Bool {
        guard words.contains(name) || patterns.match(name) || serialNumbers && Self.serialNames.contains(name) else {
            return false
        }
        return serialNumbers || !Self.isIdentifying(name)
    }

    /// Whether the value of the property called `name` is one of a kind.
    static func isIdentifying(_ name: String) -> Bool {
        name.split(separator: "_").contains(where: identifying.contains)
    }
}
