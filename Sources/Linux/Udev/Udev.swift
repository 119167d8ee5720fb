internal import CUdev
package import Files
internal import Glibc

/// libudev in Swift: which devices there are (`Udev.devices`), and what becomes of them (`DeviceMonitor`).
public enum Udev {
    /// Whether udev runs here. Without it, as in most containers, devices can be enumerated, but have only the
    /// properties that the kernel gives them, and no monitor ever receives an event.
    public static var isRunning: Bool { access("/run/udev/control", F_OK) == 0 }

    /// All devices of the given subsystems, in the order of their paths.
    ///
    ///     let disks = try Udev.devices(of: ["block"], attributes: ["removable"])
    ///
    /// - Parameters:
    ///   - subsystems: The subsystems; none for all.
    ///   - attributes: Which of their attributes to read.
    /// - Returns: The devices. A device that is removed meanwhile is left out.
    /// - Throws: `UdevError` if sysfs cannot be read.
    public static func devices(
        of subsystems: [String] = [], attributes: [String] = []
    ) throws(UdevError) -> [Device] {
        guard let udev = udev_new() else { throw UdevError("udev_new") }
        defer { udev_unref(udev) }
        guard let enumeration = udev_enumerate_new(udev) else { throw UdevError("udev_enumerate_new") }
        defer { udev_enumerate_unref(enumeration) }
        for subsystem in subsystems {
            try UdevError.check(
                udev_enumerate_add_match_subsystem(enumeration, subsystem), of: "udev_enumerate_add_match_subsystem")
        }
        try UdevError.check(udev_enumerate_scan_devices(enumeration), of: "udev_enumerate_scan_devices")
        return ListEntries(first: udev_enumerate_get_list_entry(enumeration)).compactMap { syspath, _ in
            guard let device = syspath.withCString({ udev_device_new_from_syspath(udev, $0) }) else { return nil }
            defer { udev_device_unref(device) }
            return Device(device, attributes: attributes)
        }
    }

    /// The device in this directory of sysfs.
    ///
    /// - Parameters:
    ///   - syspath: Its directory, with `/sys`.
    ///   - attributes: Which of its attributes to read.
    /// - Returns: The device; `nil` if it does not exist (any more).
    /// - Throws: `UdevError` if libudev cannot be initialized.
    package static func device(at syspath: FilePath, attributes: [String] = []) throws(UdevError) -> Device? {
        guard let udev = udev_new() else { throw UdevError("udev_new") }
        defer { udev_unref(udev) }
        guard let device = syspath.withCString({ udev_device_new_from_syspath(udev, $0) }) else { return nil }
        defer { udev_device_unref(device) }
        return Device(device, attributes: attributes)
    }
}
