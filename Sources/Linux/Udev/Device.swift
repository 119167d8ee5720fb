package import Files

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
    package let sysname: FilePath
    /// Its directory in sysfs: the identity of a device while it is there.
    package let syspath: FilePath
    /// The directory that it had before it moved, in an event that says so.
    package let formerSyspath: FilePath?
    /// Its node in /dev, if it has one.
    package let devnode: FilePath?
    /// The properties: `DEVTYPE`, `ID_MODEL`, `ID_PATH`.
    public let properties: [String: String]
    /// The attributes in sysfs that were requested, as far as the device has them: `idVendor`, `removable`.
    public let attributes: [String: String]

    /// A device of these parts: without an action and a number, one that was enumerated; with them, one of an event.
    package init(
        action: String? = nil, sequenceNumber: UInt64? = nil, subsystem: String?, sysname: FilePath, syspath: FilePath,
        formerSyspath: FilePath? = nil, devnode: FilePath? = nil, properties: [String: String] = [:],
        attributes: [String: String] = [:]
    ) {
        self.action = action
        self.sequenceNumber = sequenceNumber
        self.subsystem = subsystem
        self.sysname = sysname
        self.syspath = syspath
        self.formerSyspath = formerSyspath
        self.devnode = devnode
        self.properties = properties
        self.attributes = attributes
    }
}
