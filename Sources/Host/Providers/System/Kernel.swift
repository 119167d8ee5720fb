internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// What the kernel says of itself below /proc/sys/kernel: its version, the boot it is in.
enum Kernel {
    /// `system/kernel`: `{release, version, machine}`, the words that uname(1) prints with -r, -v and -m.
    static func reading(_ host: Host) throws(HostFileError) -> Reading {
        Reading(
            "system/kernel",
            [
                "release": .string(try HostFile.text(host.proc("sys/kernel/osrelease"))),
                "version": .string(try HostFile.text(host.proc("sys/kernel/version"))),
                "machine": .string(host.machine),
            ],
            Metadata(title: "Kernel", datatype: .json))
    }

    /// `system/boot-id`: a random UUID that lives as long as this boot.
    static func bootID(_ host: Host) throws(HostFileError) -> Reading {
        Reading(
            "system/boot-id", .string(try HostFile.text(host.proc("sys/kernel/random/boot_id"))),
            Metadata(title: "Boot id", datatype: .string))
    }
}
