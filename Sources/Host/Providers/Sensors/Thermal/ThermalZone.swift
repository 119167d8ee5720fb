internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// One of the kernel's thermal zones: a place whose temperature decides about throttling and fans.
///
/// Boards without hardware monitoring have nothing else; on others a zone often shows what a chip shows already.
/// Source of fact: Documentation/driver-api/thermal/sysfs-api.rst of the kernel.
struct ThermalZone: Sendable {
    /// The kernel's number for it, by which events name it.
    let number: Int
    /// What the driver calls the zone: "x86_pkg_temp", "cpu-thermal".
    let type: String
    /// What the zone is called on the bus.
    let word: String
    /// The file with its temperature, in thousandths of a degree.
    let input: FilePath
    /// Whether the kernel acts on it: `enabled` or `disabled`.
    let mode: String?
    /// The governor that decides what is done: `step_wise`, `power_allocator`.
    let policy: String?
    /// At what temperatures something is done.
    let trips: [TripPoint]
    /// Where its temperature comes from.
    let source: Source

    /// Who tells a zone's temperature.
    enum Source: Hashable, Sendable {
        /// The zone alone: it has a state of its own, `sensors/thermal/<word>`.
        case zone
        /// A chip shows the same thing, so that the zone has no state of its own.
        case shown
        /// The same, and this is the chip's state: the zone need not be read.
        case chip(String)
    }

    /// Where the temperature stands on the bus if no chip shows it.
    var sensorPath: String { "sensors/thermal/\(word)" }

    /// Where the zone stands on the bus.
    var path: String { "thermal/zone/\(word)" }

    /// What the zone's state means.
    var meta: Metadata { Metadata(title: "Thermal zone \(type)", unit: "°C", datatype: .json) }

    /// What `sensorPath` means, with the temperatures at which the kernel slows the machine down and switches it off.
    var sensorMeta: Metadata {
        var meta = Quantity.temperature.meta(type)
        meta.max = lowest(["passive", "hot"])
        meta.crit = lowest(["critical"])
        return meta
    }

    private func lowest(_ types: Set<String>) -> String? {
        trips.filter { types.contains($0.type) }.map(\.temperature).min().map { JSON.number($0).description }
    }

    /// The zone as a value.
    ///
    /// - Parameters:
    ///   - celsius: How warm it is, if that could be read.
    ///   - exceeded: The trip points that are exceeded.
    func value(_ celsius: Double?, exceeded: [TripPoint]) -> JSON {
        var object = JSON.Object()
        if let celsius { object["temperature"] = .number(celsius) }
        if let mode { object["mode"] = .string(mode) }
        if let policy { object["policy"] = .string(policy) }
        object["trips"] = .array(trips.map(\.json))
        let highest = exceeded.max { $0.temperature < $1.temperature }
        object["state"] = highest.map { .string($0.type) } ?? .null
        return .object(object)
    }
}

// MARK: - Scan

extension ThermalZone {
    /// The zones of the host.
    ///
    /// Zones of the same type are numbered in the kernel's order, which for boards is that of their device tree: nothing
    /// else tells them apart.
    ///
    /// - Parameters:
    ///   - chips: The monitoring chips, which may show the same.
    ///   - hidden: What is left out. A zone is read as long as one of its two states is shown.
    static func scan(_ host: Host, beside chips: [Chip], hidden: Patterns = Patterns([])) -> [ThermalZone] {
        let zones = numbers("thermal_zone", host).compactMap { number -> (number: Int, type: String)? in
            guard let type = try? HostFile.text(directory(number, host) + "/type") else { return nil }
            return (number, type)
        }
        let sources = zones.map { source($0.type, $0.number, beside: chips) }
        let words = Slug.distinct(
            zones.map {
                let word = Slug.word($0.type)
                return word.isEmpty ? "zone" : word
            }
        ) { _ in nil }
        return zones.indices.compactMap { index in
            let directory = directory(zones[index].number, host)
            let zone = ThermalZone(
                number: zones[index].number, type: zones[index].type, word: words[index],
                input: directory + "/temp", mode: try? HostFile.text(directory + "/mode"),
                policy: try? HostFile.text(directory + "/policy"), trips: TripPoint.scan(directory),
                source: sources[index])
            let isHidden = hidden.match(zone.path) && (zone.source != .zone || hidden.match(zone.sensorPath))
            return isHidden ? nil : zone
        }
    }

    /// The numbers of the thermal class's entries that are called so, in order.
    static func numbers(_ prefix: String, _ host: Host) -> [Int] {
        host.devices(ofClass: "thermal").map(\.text).compactMap { name in
            name.hasPrefix(prefix) ? UInt16(name.dropFirst(prefix.utf8.count)).map(Int.init) : nil
        }.sorted()
    }

    private static func directory(_ number: Int, _ host: Host) -> FilePath {
        host.sys("class/thermal/thermal_zone\(number)")
    }

    /// Whether a chip shows the same temperature as a zone: the kernel made the chip out of the zone (and could not keep
    /// the hyphens), or both read the same register.
    private static func source(_ type: String, _ number: Int, beside chips: [Chip]) -> Source {
        let name = chipName(type)
        let mirrors = chips.filter { $0.mirrorsZone && chipName($0.name) == name }
        if !mirrors.isEmpty {
            // One chip shows all zones of a type, as temperatures of its own: whose is whose only the zone itself tells.
            guard mirrors.count == 1, mirrors[0].temperatures.count == 1 else { return .shown }
            return .chip(mirrors[0].temperatures[0].path)
        }
        if type == "x86_pkg_temp" {
            let packages = chips.filter { $0.name == "coretemp" }.flatMap(\.temperatures)
                .filter { $0.label?.hasPrefix("Package id") ?? false }
            if packages.count == 1 { return .chip(packages[0].path) }
            if !packages.isEmpty { return .shown }
        }
        return .zone
    }

    private static func chipName(_ type: String) -> String {
        String(decoding: type.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }
}
