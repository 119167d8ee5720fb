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
    let directory: String
    /// What it measures.
    let channels: [Channel]

    /// What the state with a chip's alarms is called.
    static let alarmsWord = "alarms"

    /// Where the chip's alarms stand on the bus, if it watches any limit.
    let alarmsPath: String?

    /// Whether the kernel made this chip out of a thermal zone, so that both show the same thing.
    var mirrorsZone: Bool { directory.split(separator: "/").dropLast().last?.hasPrefix("thermal_zone") ?? false }

    /// Its temperatures.
    var temperatures: [Channel] { channels.filter { $0.quantity == .temperature && $0.input != nil } }
}

// MARK: - Scan

extension Chip {
    /// All chips of the host, sorted by what they are called, without what is `hidden`.
    static func scan(_ host: Host, hidden: Patterns = Patterns([])) -> [Chip] {
        let root = HostFile.realPath(host.sysfs) ?? host.sysfs
        let found = HostFile.names(in: host.sys("class/hwmon"))
            .compactMap { Found(HostFile.realPath(host.sys("class/hwmon/\($0)"))) }
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

    /// A chip without its final name.
    private struct Found {
        let directory: String
        /// Where name and values are: drivers of old have them in the device's directory.
        let attributes: String
        let name: String

        init?(_ directory: String?) {
            guard let directory else { return nil }
            let places = [directory, directory + "/device"]
            guard let place = places.first(where: { HostFile.exists($0 + "/name") }),
                let name = try? HostFile.text(place + "/name"), !name.isEmpty
            else { return nil }
            self.directory = directory
            self.attributes = place
            self.name = name
        }

        var word: String {
            let word = Slug.word(name)
            return word.isEmpty ? "chip" : word
        }
    }
}
