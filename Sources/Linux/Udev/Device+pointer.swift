internal import CUdev
internal import Files
internal import Glibc

extension Device {
    /// The value of a `struct udev_device`.
    ///
    /// - Parameters:
    ///   - device: The device.
    ///   - attributes: Which attributes to read. Each is a file, and reading some of them accesses the hardware, so others are
    ///     not read.
    init?(_ device: OpaquePointer, attributes names: [String]) {
        guard let syspath = Self.path(udev_device_get_syspath(device)),
            let sysname = Self.path(udev_device_get_sysname(device))
        else { return nil }
        self.syspath = syspath
        self.sysname = sysname
        action = Self.text(udev_device_get_action(device))
        let number = udev_device_get_seqnum(device)
        sequenceNumber = number == 0 ? nil : number
        subsystem = Self.text(udev_device_get_subsystem(device))
        devnode = Self.path(udev_device_get_devnode(device))
        formerSyspath = Self.formerSyspath(device, syspath)
        var properties: [String: String] = [:]
        for (name, value) in ListEntries(first: udev_device_get_properties_list_entry(device)) {
            properties[name.text] = value?.text ?? ""
        }
        self.properties = properties
        var attributes: [String: String] = [:]
        for name in names { attributes[name] = Self.text(udev_device_get_sysattr_value(device, name)) }
        self.attributes = attributes
    }

    /// The directory that a device had before it moved: the event has it without the directory where sysfs is mounted.
    private static func formerSyspath(_ device: OpaquePointer, _ syspath: FilePath) -> FilePath? {
        guard text(udev_device_get_action(device)) == "move",
            let former = path(udev_device_get_property_value(device, "DEVPATH_OLD")),
            let now = path(udev_device_get_property_value(device, "DEVPATH")), syspath.hasSuffix(now)
        else { return nil }
        return syspath.dropLast(now.bytes.count) + former
    }

    private static func path(_ pointer: UnsafePointer<CChar>?) -> FilePath? { pointer.map(FilePath.init(cString:)) }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
}

/// The entries of one of libudev's lists, which is valid as long as the object that it belongs to.
struct ListEntries: Sequence, IteratorProtocol {
    private var entry: OpaquePointer?

    init(first entry: OpaquePointer?) { self.entry = entry }

    mutating func next() -> (name: FilePath, value: FilePath?)? {
        guard let entry, let name = udev_list_entry_get_name(entry) else { return nil }
        self.entry = udev_list_entry_get_next(entry)
        return (FilePath(cString: name), udev_list_entry_get_value(entry).map(FilePath.init(cString:)))
    }
}

extension FilePath {
    /// The bytes of a C string.
    fileprivate init(cString: UnsafePointer<CChar>) {
        self.init(UnsafeRawBufferPointer(start: cString, count: strlen(cString)))
    }
}
