internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// How often the processors had to be slowed down since they were too hot: `cpu/throttling`.
///
/// Only Intel's tell. Source of fact: Documentation/ABI/testing/sysfs-devices-system-cpu of the kernel.
enum CPUThrottling {
    /// `{core, package}`: events since the boot; those of all cores together, and those of the package that had most of
    /// them. `nil` for a host that does not tell.
    static func reading(_ host: Host, cores: some Sequence<Int>) -> Reading? {
        var core: Int?
        var package: Int?
        for number in cores {
            let directory = host.sys("devices/system/cpu/cpu\(number)/thermal_throttle")
            guard let count = try? HostFile.integer(directory + "/core_throttle_count"), count >= 0 else { continue }
            core = (core ?? 0).addingReportingOverflow(count).partialValue
            guard let count = try? HostFile.integer(directory + "/package_throttle_count"), count >= 0 else {
                continue
            }
            package = max(package ?? 0, count)
        }
        guard let core else { return nil }
        var value = JSON.Object()
        value["core"] = .number(core)
        value["package"] = package.map { .number($0) }
        return Reading("cpu/throttling", .object(value), Metadata(title: "CPU throttled by heat", datatype: .json))
    }
}
