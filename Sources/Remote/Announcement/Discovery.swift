package import Digests
internal import Netlink
package import Systemd
internal import Text

/// A device that was found on the network. Everything in it comes from other machines, and is no more than a claim: it is
/// bounded, and has no characters that a terminal would obey.
package struct DiscoveredDevice: Hashable, Sendable {
    /// The name of the instance, for people.
    package var name: String
    /// The host, such as `shed.local`.
    package var host: String
    /// Its addresses, sorted: IPv4 first. Those of one link only have the name of the link: `fe80::1%eth0`.
    package var addresses: [String]
    /// The port of the gateway.
    package var port: UInt16
    /// The fingerprint that the device announces. It must be compared with the one that the device presents.
    package var fingerprint: Fingerprint?
    /// The entries of the TXT record.
    package var text: [String: String]
}

/// Why devices could not be looked for.
package struct DiscoveryError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// Looks for devices on the networks of this machine: over Avahi if it runs, else over systemd-resolved.
///
/// - Parameters:
///   - timeout: How long to wait for answers.
///   - bus: The system bus.
/// - Returns: The devices, sorted by name.
package func discover(
    timeout: Duration, on bus: any MessageBus = SystemBus()
) async throws(DiscoveryError) -> [DiscoveredDevice] {
    do throws(DBusError) {
        let found = DiscoveredDevices()
        if try await bus.isRunning(Avahi.service) {
            try await AvahiBrowser(bus: bus).browse(timeout: timeout, into: found)
        } else if try await bus.isRunning(Resolved.service) {
            try await ResolvedBrowser(bus: bus).browse(timeout: timeout, into: found)
        } else {
            throw DBusError(
                message: "neither Avahi nor systemd-resolved runs here; install the package avahi-daemon: "
                    + "apt install avahi-daemon")
        }
        return await found.sorted
    } catch {
        throw DiscoveryError(description: error.message)
    }
}

/// Devices as they are found: one for each name and host, whatever number of links it is seen on.
actor DiscoveredDevices {
    /// The most devices, and the most addresses of one.
    static let limit = 256
    static let addressLimit = 16
    /// The most entries of a TXT record, and the most characters of a text.
    private static let textLimit = 16
    private static let lengthLimit = 200

    private struct Key: Hashable {
        let name: String
        let host: String
        let port: UInt16
    }

    private var devices: [Key: DiscoveredDevice] = [:]

    /// Adds what one link has shown of a device. What is not valid is left out.
    func add(name: String, host: String, addresses: [String], port: Int?, text: [[UInt8]]) {
        var host = host.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        let name = name.printable(atMost: Self.lengthLimit)
        guard HostName.isValid(host), !name.isEmpty, let port = port.flatMap(UInt16.init(exactly:)), port != 0
        else { return }
        let key = Key(name: name, host: host, port: port)
        guard devices[key] != nil || devices.count < Self.limit else { return }
        var device =
            devices[key]
            ?? DiscoveredDevice(name: name, host: host, addresses: [], port: port, fingerprint: nil, text: [:])
        device.addresses = Self.sorted(Set(device.addresses).union(addresses))
        for (key, value) in text.prefix(Self.textLimit).compactMap(Self.entry) where device.text[key] == nil {
            device.text[key] = value
        }
        device.fingerprint = device.text[ServiceRecord.fingerprintKey].flatMap { Fingerprint(parsing: $0) }
        devices[key] = device
    }

    /// An entry of a TXT record (RFC 6763, §6.4): printable ASCII but `=`, then `=`, then the value.
    private static func entry(_ bytes: [UInt8]) -> (key: String, value: String)? {
        let parts = bytes.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard let key = parts.first, (1...32).contains(key.count), key.allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        let value = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
        return (String(decoding: key, as: UTF8.self).lowercased(), value.printable(atMost: lengthLimit))
    }

    private static func sorted(_ addresses: Set<String>) -> [String] {
        let sorted = addresses.sorted {
            ($0.utf8.contains(UInt8(ascii: ":")) ? 1 : 0, $0) < ($1.utf8.contains(UInt8(ascii: ":")) ? 1 : 0, $1)
        }
        return Array(sorted.prefix(addressLimit))
    }

    var sorted: [DiscoveredDevice] {
        devices.values.sorted { ($0.name, $0.host, $0.port) < ($1.name, $1.host, $1.port) }
    }
}

/// An address in the form of a program that connects: with the link, if it is of one link only.
func addressText(_ address: LocalAddress, link: String?) -> String {
    let isOfLink = address.bytes.count == 16 && address.bytes[0] == 0xFE && address.bytes[1] & 0xC0 == 0x80
    return isOfLink ? link.map { "\(address)%\($0)" } ?? "\(address)" : "\(address)"
}
