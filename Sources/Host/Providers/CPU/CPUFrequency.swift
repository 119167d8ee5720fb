internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// How fast the processors run now: `cpu/frequency`.
///
/// Source of fact: Documentation/admin-guide/pm/cpufreq.rst of the kernel. Processors that can only change their
/// frequency together share a *policy*.
enum CPUFrequency {
    /// `{cores, min?, max?, governor?}` in MHz: `cores` is a list by the processors' numbers, `null` where it is not
    /// known. The limits and the governor are those of the first policy. `nil` for a host that does not tell: most
    /// virtual machines.
    ///
    /// It is published again when one of them has moved by 100 MHz.
    static func reading(_ host: Host) -> Reading? {
        let directory = host.sys("devices/system/cpu/cpufreq")
        let policies = HostFile.names(in: directory, .folders).map(\.text).compactMap { name in
            name.hasPrefix("policy") ? Int(name.dropFirst("policy".count)) : nil
        }.sorted()
        var frequencies: [Int: Int] = [:]
        for policy in policies {
            let path: FilePath = "\(directory)/policy\(policy)"
            guard let frequency = megahertz(path + "/scaling_cur_freq"),
                let cores = try? HostFile.text(path + "/affected_cpus")
            else { continue }
            for core in cores.split(separator: " ").compactMap({ Int($0) }) where (0..<8192).contains(core) {
                frequencies[core] = frequency
            }
        }
        guard let first = policies.first, let highest = frequencies.keys.max() else { return nil }
        let path: FilePath = "\(directory)/policy\(first)"
        var value = JSON.Object()
        value["cores"] = .array((0...highest).map { frequencies[$0].map { .number($0) } ?? .null })
        value["min"] = megahertz(path + "/scaling_min_freq").map { .number($0) }
        value["max"] = megahertz(path + "/scaling_max_freq").map { .number($0) }
        value["governor"] = (try? HostFile.text(path + "/scaling_governor")).map(JSON.string)
        return Reading(
            "cpu/frequency", .object(value), Metadata(title: "CPU frequency", unit: "MHz", datatype: .json),
            deadband: .anywhere(100))
    }

    /// The frequency in a file, which has kHz; `nil` if it has none that a processor can have.
    private static func megahertz(_ path: FilePath) -> Int? {
        guard let kilohertz = try? HostFile.integer(path), (1...100_000_000).contains(kilohertz) else { return nil }
        return kilohertz / 1000
    }
}
