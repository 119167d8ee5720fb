internal import CUdev

extension Device {
    /// The value of a `struct udev_device`.
    ///
    /// - Parameters:
    ///   - device: The device.
    ///   - attributes: Which attributes to read. Each is a file, and reading some of them accesses the hardware, so others are
    ///     not read.
    init?(_ device: OpaquePointer, attributes names: [String]) {
        guard let syspath = Self.text(udev_device_get_syspath(device)),
            let sysname = Self.text(udev_device_get_sysname(device))
        else { return nil }
        self.syspath = syspath
        self.sysname = sysname
        action = Self.text(udev_device_get_action(device))
        let number = udev_device_get_seqnum(device)
        sequenceNumber = number == 0 ? nil : number
        subsystem = Self.text(udev_device_get_subsystem(device))
        devnode = Self.text(udev_device_get_devnode(device))
        var properties: [String: String] = [:]
        for (name, value) in ListEntries(first: udev_device_get_properties_list_entry(device)) {
            properties[name] = value ?? ""
        }
        self.properties = properties
        var attributes: [String: String] = [:]
        for name in names { attributes[name] = Self.text(udev_device_get_sysattr_value(device, name)) }
        self.attributes = attributes
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
}

/// The entries of one of libudev's lists, which is valid as long as the object that it belongs to.
struct ListEntries: Sequence, IteratorProtocol {
    private var entry: OpaquePointer?

    init(first entry: OpaquePointer?) { self.entry = entry }

    mutating func next() -> (name: String, value: String?)? {
        guard let entry, let name = udev_list_entry_get_name(entry) else { return nil }
        self.entry = udev_list_entry_get_next(entry)
        return (String(cString: name), udev_list_entry_get_value(entry).map { String(cString: $0) })
    }
}
