internal import JSONText
internal import JetProtocol

/// One chip of the kernel's hardware monitoring (hwmon), as a scan found it: what it is called on the bus, and where
/// its temperatures are read.
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
    /// Its temperatures, in the order of their numbers.
    let temperatures: [Sensor]

    /// One temperature of a chip.
    struct Sensor: Sendable {
        /// What the driver calls it: "Core 0"; most drivers say nothing.
        let label: String?
        /// Where it stands on the bus: `sensors/<chip>/<sensor>`.
        let path: String
        /// What the state means; its `format` holds the limit.
        let meta: Metadata
        /// The file with the value, in thousandths of a degree.
        let input: String
        /// The file that holds 1 while the value means nothing, if the chip has one.
        let fault: String?
    }

    /// Whether the kernel made this chip out of a thermal zone, so that both show the same thing.
    var mirrorsZone: Bool { directory.split(separator: "/").dropLast().last?.hasPrefix("thermal_zone") ?? false }
}

// MARK: - Scan

extension Chip {
    /// All chips of the host, sorted by what they are called.
    static func scan(_ host: Host) -> [Chip] {
        let root = HostFile.realPath(host.sysfs) ?? host.sysfs
        let found = HostFile.names(in: host.sys("class/hwmon"))
            .compactMap { Found(HostFile.realPath(host.sys("class/hwmon/\($0)"))) }
            .sorted { ($0.name, $0.directory) < ($1.name, $1.directory) }
        let words = Slug.distinct(found.map { $0.word }) {
            BusAddress.word(of: found[$0].directory, chip: found[$0].name, below: root)
        }
        return zip(found, words).map { found, word in
            Chip(
                name: found.name, word: word, directory: found.directory,
                temperatures: Sensor.scan(found.attributes, chip: word))
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

extension Chip.Sensor {
    /// The temperatures whose attributes are in `directory`.
    fileprivate static func scan(_ directory: String, chip: String) -> [Chip.Sensor] {
        let files = Set(HostFile.names(in: directory))
        let numbers = files.compactMap(number).sorted()
        let labels = numbers.map { number -> String? in
            guard files.contains("temp\(number)_label") else { return nil }
            return (try? HostFile.text("\(directory)/temp\(number)_label")).flatMap { $0.isEmpty ? nil : $0 }
        }
        let words = Slug.distinct(
            zip(numbers, labels).map { number, label in
                let word = Slug.word(label ?? "")
                return word.isEmpty ? "temp\(number)" : word
            }
        ) { "temp\(numbers[$0])" }
        return numbers.indices.map { index in
            let attribute = "\(directory)/temp\(numbers[index])"
            let limit = ["crit", "max"].lazy.filter { files.contains("temp\(numbers[index])_\($0)") }
                .compactMap { try? HostFile.integer("\(attribute)_\($0)") }.first(where: Celsius.isLimit)
            return Chip.Sensor(
                label: labels[index], path: "sensors/\(chip)/\(words[index])",
                meta: Celsius.meta(
                    labels[index].map { "\(chip) \($0)" } ?? "\(chip) temp\(numbers[index])", limit: limit),
                input: attribute + "_input",
                fault: files.contains("temp\(numbers[index])_fault") ? attribute + "_fault" : nil)
        }
    }

    /// The number of the temperature whose value is in a file called `name`, such as `temp1_input`.
    private static func number(_ name: String) -> Int? {
        guard name.hasPrefix("temp"), name.hasSuffix("_input") else { return nil }
        return Int(name.dropFirst(4).dropLast(6))
    }
}
