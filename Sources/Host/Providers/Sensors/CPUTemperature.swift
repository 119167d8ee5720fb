internal import AgentCore
internal import JSONText
internal import JetProtocol

/// The one number that answers "how hot is the processor?", chosen from all temperatures that were read.
enum CPUTemperature {
    /// The sources that measure a processor, best first. Of the first one that is there, the labels are tried in their
    /// order; among several temperatures of the same rank (two sockets, many cores) the hottest counts.
    private static let sources: [Source] = [
        // Intel: the package's sensor is at least as hot as each core's; kernels of old call it "Physical".
        Source({ $0 == "coretemp" }, labels: ["Package id", "Physical id", "Core"]),
        // AMD: Tctl is what the fan control goes by and may be offset from the truth, which is Tdie.
        Source({ $0 == "k10temp" || $0 == "zenpower" }, labels: ["Tdie", "Tctl", ""]),
        Source({ $0 == "k8temp" || $0 == "via-cputemp" }),
        // An ASUS board's own monitor shows many things; one of them is the processor.
        Source({ $0 == "atk0110" }, labels: ["CPU Temperature"]),
        // Thermal zones, and the chips that the kernel makes out of them.
        Source({ $0 == "x86-pkg-temp" }),
        Source({ $0.hasPrefix("cpu") && $0.contains("therm") }),
        Source(isSystemOnChip),
        // Somewhere in the case, as the firmware sees it: better than nothing.
        Source({ $0 == "acpitz" }),
    ]

    /// Zones of boards that measure the whole chip the processor is on.
    private static func isSystemOnChip(_ name: String) -> Bool {
        if name.hasPrefix("soc") && (name.contains("therm") || name.contains("dts")) { return true }
        return [
            "package-thermal", "bcm2835-thermal", "imx-thermal-zone", "bigcore0-thermal", "bigcore-thermal",
            "littlecore-thermal", "exynos-thermal",
        ].contains(name)
    }

    /// The reading, if any of `temperatures` is a processor's.
    static func reading(
        from temperatures: [Temperature], deadband: Double = Quantity.temperature.deadband
    ) -> Reading? {
        for source in sources {
            let candidates = temperatures.filter { source.matches(Slug.word($0.source)) }
            for label in source.labels {
                let hottest = candidates.filter { ($0.label ?? "").hasPrefix(label) }.max { $0.celsius < $1.celsius }
                if let hottest {
                    var meta = Quantity.temperature.meta("CPU temperature")
                    (meta.max, meta.crit) = (hottest.max, hottest.crit)
                    return Reading(
                        "cpu/temperature", .number(hottest.celsius), meta, deadband: .number(deadband))
                }
            }
        }
        return nil
    }

    private struct Source: Sendable {
        /// Whether a source is of this kind, by the slug of its name: boards write both `cpu_thermal` and `cpu-thermal`.
        let matches: @Sendable (String) -> Bool
        /// How labels begin, best first; "" for any, or none.
        let labels: [String]

        init(_ matches: @escaping @Sendable (String) -> Bool, labels: [String] = [""]) {
            self.matches = matches
            self.labels = labels
        }
    }
}
