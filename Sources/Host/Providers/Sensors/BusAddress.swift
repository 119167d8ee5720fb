internal import AgentCore
internal import Files

/// Where a device is plugged in: what tells two chips of the same name apart, whatever numbers the kernel gave them.
enum BusAddress {
    /// Finds the bus that a device is on, and its place there.
    ///
    /// - Parameters:
    ///   - directory: The device's real directory in sysfs.
    ///   - chip: The chip's name: drivers call their platform devices after themselves (`coretemp.0`), which need not
    ///     be said twice.
    ///   - root: Where sysfs is mounted, without symbolic links: the search ends there.
    /// - Returns: A word such as `pci-0300` or `i2c-0-18`, in the style of lm-sensors; `nil` for a device that is on no
    ///   bus (a thermal zone, say).
    static func word(of directory: FilePath, chip: String, below root: FilePath) -> String? {
        var path = directory
        // A device is often reached through others that are no bus's (an NVMe controller's hwmon sits below `nvme0`,
        // which sits below the PCI device): the first one that a bus knows is the place.
        while path.bytes.count > root.bytes.count, let folder = path.folder {
            if let bus = bus(of: path) { return word(bus.text, path.name.text, chip) }
            path = folder
        }
        return nil
    }

    /// The bus that the device in `directory` belongs to: `subsystem` links into `/sys/bus` (those into `/sys/class`
    /// say what a device is, not where).
    private static func bus(of directory: FilePath) -> FilePath? {
        guard let parts = HostFile.link(directory + "/subsystem")?.parts, parts.dropLast().last == "bus" else {
            return nil
        }
        return parts.last
    }

    private static func word(_ bus: String, _ id: String, _ chip: String) -> String {
        switch bus {
        case "pci":
            if let address = pciAddress(id) { return "pci-" + address }
        case "i2c":
            // "0-0018": adapter and address
            let parts = id.split(separator: "-")
            if parts.count == 2, let address = UInt16(parts[1], radix: 16) {
                return "i2c-\(parts[0])-\(hexadecimal(UInt64(address), digits: 2))"
            }
        default:
            break
        }
        let own = id.hasPrefix(chip + ".") ? id.dropFirst(chip.utf8.count + 1) : id[...]
        return "\(Slug.word(bus))-\(Slug.word(own))"
    }

    /// "0000:03:00.0" (domain, bus, slot, function) as the number that PCI packs them into: 0300.
    private static func pciAddress(_ id: String) -> String? {
        let parts = id.split(whereSeparator: { $0 == ":" || $0 == "." })
        guard parts.count == 4, let domain = UInt32(parts[0], radix: 16), let bus = UInt8(parts[1], radix: 16),
            let slot = UInt8(parts[2], radix: 16), slot < 32, let function = UInt8(parts[3], radix: 16), function < 8
        else { return nil }
        let place = UInt64(bus) << 8 | UInt64(slot) << 3 | UInt64(function)
        return hexadecimal(UInt64(domain) << 16 | place, digits: 4)
    }

    private static func hexadecimal(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
