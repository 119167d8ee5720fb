/// A device as udev knew it at one moment: the properties of the kernel, and those that udev's rules added.
public struct Device: Hashable, Sendable {
    /// The action: `add`, `remove`, `change`, `move`, `bind`, `unbind`, `online`, `offline`; `nil` for a device
    /// that was enumerated.
    public let action: String?
    /// The number of the event, which grows with each; `nil` for a device that was enumerated.
    public let sequenceNumber: UInt64?
    /// The kind of device: `net`, `block`, `usb`.
    public let subsystem: String?
    /// The kernel's name: `eth0`, `sda1`, `1-2`.
    public let sysname: String
    /// Its directory in sysfs: the identity of a device while it is there.
    public let syspath: String
    /// Its node in /dev, if it has one.
    public let devnode: String?
    /// The properties: `DEVTYPE`, `ID_MODEL`, `ID_PATH`.
    public let properties: [String: String]
    /// The attributes in sysfs that were requested, as far as the device has them: `idVendor`, `removable`.
    public let attributes: [String: String]

    /// A device of these parts: without an action and a number, one that was enumerated; with them, one of an event.
    public init(
        action: String? = nil, sequenceNumber: UInt64? = nil, subsystem: String?, sysname: String, syspath: String,
        devnode: String? = nil, properties: [String: String] = [:], attributes: [String: String] = [:]
    ) {
        self.action = action
        self.sequenceNumber = sequenceNumber
        self.subsystem = subsystem
        self.sysname = sysname
        self.syspath = syspath
        self.devnode = devnode
        self.properties = properties
        self.attributes = attributes
    }
}
