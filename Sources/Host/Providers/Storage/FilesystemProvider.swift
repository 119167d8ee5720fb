public import AgentCore
internal import JSONText
internal import JetProtocol
public import Logging

/// The host's file systems: `storage/filesystems/<mount point>`, the root as `storage/filesystems/root`.
///
///     storage/filesystems/var-lib  {"mountPoint": "/var/lib", "device": "/dev/sda2", "type": "ext4", "readOnly": false,
///                                   "size": 8000000000, "used": 1000000000, "available": 6600000000, "percent": 14,
///                                   "inodes": 500000, "freeInodes": 490000}
///
/// Those that somebody far away answers for are shown without how full they are: to ask would be to wait for ever when
/// they do not answer.
///
/// What is mounted and unmounted is seen at once; how full a file system is, at the next poll.
public struct FilesystemProvider: WakingProvider {
    /// `filesystems`
    public let name = "filesystems"

    /// How long between two polls.
    public let period: Duration?

    private let host: Host
    private let usage: @Sendable (String) throws(HostFileError) -> FilesystemUsage
    private let faults: FaultLog

    /// The file systems of `host`.
    public init(_ host: Host, period: Duration? = nil, logger: Logger) {
        self.init(host, period: period, logger: logger) { (path) throws(HostFileError) in try FilesystemUsage(path) }
    }

    init(
        _ host: Host, period: Duration? = nil, logger: Logger,
        usage: @escaping @Sendable (String) throws(HostFileError) -> FilesystemUsage
    ) {
        self.host = host
        self.period = period
        self.usage = usage
        faults = FaultLog(logger)
    }

    /// Where the kernel tells what is mounted.
    private var mountInfo: String { host.proc("self/mountinfo") }

    /// Calls `wake` when something is mounted or unmounted.
    public func watch(_ wake: @escaping @Sendable () -> Void) async throws {
        let watch = try AttributeWatch()
        watch.watch([mountInfo])
        while !Task.isCancelled {
            await watch.change()
            wake()
        }
    }

    /// All file systems now.
    public mutating func readings() -> [Reading] {
        let text = faults.noting("storage/filesystems") { () throws(HostFileError) in
            String(decoding: try HostFile.contents(mountInfo, limit: Self.largest), as: UTF8.self)
        }
        let filesystems = MountTable(text ?? "").filesystems
        let words = filesystems.map { $0.mount.point == "/" ? "root" : Slug.word($0.mount.point.drop { $0 == "/" }) }
        let names = Slug.distinct(words) { filesystems[$0].mount.point == "/" ? nil : "mount" }
        faults.keep(["storage/filesystems"] + filesystems.map(\.mount.point))
        return zip(filesystems, names).map { reading($0.mount, $0.kind, $1) }
    }

    /// A host with more mounts than that has thousands of containers; the first ones are those of the host itself.
    private static let largest = 1 << 20

    private func reading(_ mount: MountTable.Mount, _ kind: MountTable.Kind, _ name: String) -> Reading {
        var value: JSON.Object = [
            "mountPoint": .string(mount.point), "device": .string(mount.source), "type": .string(mount.type),
            "readOnly": .boolean(mount.isReadOnly),
        ]
        var deadband = Deadband.none
        if kind == .local,
            let usage = faults.noting(
                mount.point,
                { () throws(HostFileError) in
                    try usage(host.file(String(mount.point.drop { $0 == "/" })))
                })
        {
            usage.describe(in: &value)
            deadband = usage.deadband
        }
        return Reading(
            "storage/filesystems/" + name, .object(value),
            Metadata(title: "File system at \(mount.point)", datatype: .json), deadband: deadband)
    }
}
