/// One of the kernel's thermal zones: a place whose temperature decides about throttling and fans.
///
/// Boards without hardware monitoring have nothing else; on others a zone often shows what a chip shows already.
/// Source of fact: Documentation/driver-api/thermal/sysfs-api.rst of the kernel.
struct ThermalZone: Sendable {
    /// What the driver calls the zone: "x86_pkg_temp", "cpu-thermal".
    let type: String
    /// Where it stands on the bus: `sensors/thermal/<type>`.
    let path: String
    /// The file with the value, in thousandths of a degree.
    let input: String

    /// The zones of the host that none of `chips` shows already.
    ///
    /// Zones of the same type are numbered in the kernel's order, which for boards is that of their device tree.
    /// A zone's entry does not tell what it is, so all types are read anew each time; they are few.
    static func scan(_ host: Host, without chips: [Chip]) -> [ThermalZone] {
        let zones = HostFile.names(in: host.sys("class/thermal"))
            .compactMap { name in name.hasPrefix("thermal_zone") ? Int(name.dropFirst(12)) : nil }.sorted()
            .compactMap { number -> (type: String, directory: String)? in
                let directory = host.sys("class/thermal/thermal_zone\(number)")
                guard let type = try? HostFile.text(directory + "/type"), !isShown(type, by: chips) else { return nil }
                return (type, directory)
            }
        let words = Slug.distinct(
            zones.map {
                let word = Slug.word($0.type)
                return word.isEmpty ? "zone" : word
            }
        ) { _ in nil }
        return zip(zones, words).map { zone, word in
            ThermalZone(type: zone.type, path: "sensors/thermal/\(word)", input: zone.directory + "/temp")
        }
    }

    /// Whether a chip shows the same temperature as a zone of this type: the kernel made the chip out of the zone (and
    /// could not keep the hyphens), or both read the same register.
    private static func isShown(_ type: String, by chips: [Chip]) -> Bool {
        let type = chipName(type)
        return chips.contains { chip in
            chip.mirrorsZone && chipName(chip.name) == type
                || type == "x86_pkg_temp" && chip.name == "coretemp"
                    && chip.temperatures.contains { $0.label?.hasPrefix("Package id") ?? false }
        }
    }

    private static func chipName(_ type: String) -> String {
        String(decoding: type.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }
}
