import Announcement
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

            With --json, one per line: {"name", "host", "addresses": [...], "port", "fingerprint"?, "known": "paired", \
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
        let devices: [DiscoveredDevice]
        do throws(DiscoveryError) {
            devices = try await discover(timeout: .seconds(timeout))
        } catch {
            throw Failure(.refused, "Cannot look for devices: \(Failure.sentence(error.description))")
        }
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

extension DiscoveredDevice {
    /// What the user knows of a device.
    enum Knowledge: String { case paired, known, changed, no }

    /// What the user knows of it.
    func knowledge(_ known: KnownDaemons) -> Knowledge {
        if let fingerprint, !known.entries(with: fingerprint).isEmpty {
            return known.isPaired(withAnyOf: [fingerprint]) ? .paired : .known
        }
        let hosts = [host] + addresses
        let isNoted = hosts.contains { !known.entries(of: DaemonAddress(host: $0, port: Int(port))).isEmpty }
        return isNoted && fingerprint != nil ? .changed : .no
    }

    /// For programs.
    func record(_ known: KnownDaemons) -> JSON {
        var object: JSON.Object = ["name": .string(name)]
        object["host"] = .string(host)
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
                device.name, device.host,
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
