internal import AgentCore
internal import Files
internal import JetProtocol

/// One chip of the kernel's hardware monitoring (hwmon), as a scan found it: what it is called on the bus, and what it
/// measures.
///
/// Source of fact: Documentation/hwmon/sysfs-interface.rst of the kernel.
struct Chip: Sendable {
    /// What the driver calls the chip: "coretemp".
    let name: String
    /// What the chip is called on the bus: a slug of its name, with its place on the machine's buses if another chip
    /// has the same name.
    let word: String
    /// Its real directory in sysfs.
    let directory: FilePath
    /// What it measures.
    let channels: [Channel]

    /// What the state with a chip's alarms is called.
    static let alarmsWord = "alarms"

    /// Where the chip's alarms stand on the bus, if it watches any limit.
    let alarmsPath: String?

    /// Whether the kernel made this chip out of a thermal zone, so that both show the same thing.
    var mirrorsZone: Bool { directory.parts.dropLast().last?.hasPrefix("thermal_zone") ?? false }

    /// Its temperatures.
    var temperatures: [Channel] { channels.filter { $0.quantity == .temperature && $0.input != nil } }
}

// MARK: - Scan

extension Chip {
    /// All chips of the host, sorted by what they are called, without what is `hidden`.
    ///
    /// - Parameter faults: Where chips are noted that nothing can be called after.
    static func scan(_ host: Host, hidden: Patterns = Patterns([]), faults: FaultLog? = nil) -> [Chip] {
        let sysfs = FilePath(host.sysfs)
        let root = HostFile.realPath(sysfs) ?? sysfs
        let found = host.devices(ofClass: "hwmon")
            .compactMap { HostFile.realPath(host.sys("class/hwmon/\($0)")) }
            .compactMap { directory in
                let found = Found(directory)
                if found == nil { faults?.failed(unnamed(directory), "it has neither a name nor a device") }
                return found
            }
            .sorted { ($0.name, $0.directory) < ($1.name, $1.directory) }
        let words = Slug.distinct(found.map { $0.word }) {
            BusAddress.word(of: found[$0].directory, chip: found[$0].name, below: root)
        }
        return zip(found, words).map { found, word in
            let channels = Channel.scan(found.attributes, chip: word).filter { !hidden.match($0.path) }
            let alarms = "sensors/\(word)/\(alarmsWord)"
            let hasAlarms = channels.contains { !$0.alarms.isEmpty } && !hidden.match(alarms)
            return Chip(
                name: found.name, word: word, directory: found.directory, channels: channels,
                alarmsPath: hasAlarms ? alarms : nil)
        }
    }

    /// What a chip without a name is called in the log. Its number may be another one after the next boot, so nothing on
    /// the bus is called after it.
    static func unnamed(_ directory: FilePath) -> String { "sensors (\(directory.name.text))" }

    /// A chip without its final name.
    private struct Found {
        let directory: FilePath
        /// Where name and values are: drivers of old have them in the device's directory.
        let attributes: FilePath
        let name: String

        init?(_ directory: FilePath) {
            let places = [directory, directory + "/device"]
            self.directory = directory
            if let place = places.first(where: { HostFile.exists($0 + "/name") }),
                let name = try? HostFile.text(place + "/name"), !name.isEmpty
            {
                (attributes, self.name) = (place, name)
            } else if let name = Self.name(ofDevice: directory + "/device") {
                (attributes, self.name) = (directory, name)
            } else {
                return nil
            }
        }

        /// What a chip without a name is called: as its driver, which most drivers call their chips after; if it has
        /// none, as the device, whose place on the machine's buses stays the same.
        private static func name(ofDevice device: FilePath) -> String? {
            (HostFile.link(device + "/driver") ?? HostFile.realPath(device))?.name.text
        }

        var word: String {
            let word = Slug.word(name)
            return word.isEmpty ? "chip" : word
        }
    }
}
