public import AgentCore
internal import Files
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
    private let usage: @Sendable (FilePath) throws(HostFileError) -> FilesystemUsage
    private let faults: FaultLog

    /// The file systems of `host`.
    public init(_ host: Host, period: Duration? = nil, logger: Logger) {
        self.init(host, period: period, logger: logger) { (path) throws(HostFileError) in try FilesystemUsage(path) }
    }

    init(
        _ host: Host, period: Duration? = nil, logger: Logger,
        usage: @escaping @Sendable (FilePath) throws(HostFileError) -> FilesystemUsage
    ) {
        self.host = host
        self.period = period
        self.usage = usage
        faults = FaultLog(logger)
    }

    /// Where the kernel tells what is mounted.
    private var mountInfo: FilePath { host.proc("self/mountinfo") }

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
        let lines = faults.noting("storage/filesystems") { () throws(HostFileError) in
            try HostFile.contents(mountInfo, limit: Self.largest)
        }
        let filesystems = MountTable(lines ?? []).filesystems
        let names = Slug.distinct(filesystems.map { Self.word($0.mount.point) }) {
            filesystems[$0].mount.point == "/" ? nil : "mount"
        }
        faults.keep(["storage/filesystems"] + filesystems.map(\.mount.point.text))
        return zip(filesystems, names).map { reading($0, $1) }
    }

    /// The longest list of mounts, in bytes. The kernel allows 100,000 mounts (`fs.mount-max`), of mostly less than 160
    /// bytes each.
    private static let largest = 16 << 20

    /// What a file system is called that is mounted there.
    private static func word(_ point: FilePath) -> String {
        if point == "/" { return "root" }
        // Bytes that are not UTF-8 are kept as the names of network links keep them, since they may be all that tells two
        // mount points apart.
        let isText = String(validating: point.bytes, as: UTF8.self) != nil
        let word = isText ? Slug.word(point.text) : point.parts.map { Slug.name($0.bytes) }.joined(separator: "-")
        return word.isEmpty ? Slug.name(point.name.bytes) : word
    }

    private func reading(_ filesystem: MountTable.Filesystem, _ name: String) -> Reading {
        let mount = filesystem.mount
        var value: JSON.Object = [
            "mountPoint": .string(mount.point.text), "device": .string(mount.source.text), "type": .string(mount.type),
            "readOnly": .boolean(mount.isReadOnly),
        ]
        var deadband = Deadband.none
        if filesystem.kind == .local,
            let usage = faults.noting(
                mount.point.text, { () throws(HostFileError) in try usage(of: filesystem) })
        {
            usage.describe(in: &value)
            deadband = usage.deadband
        }
        return Reading(
            "storage/filesystems/" + name, .object(value),
            Metadata(title: "File system at \(mount.point.text)", datatype: .json), deadband: deadband)
    }

    /// How full a file system is: all places where it is mounted have the same answer, but not all may be reachable.
    private func usage(of filesystem: MountTable.Filesystem) throws(HostFileError) -> FilesystemUsage {
        do throws(HostFileError) {
            return try usage(at: filesystem.mount.point)
        } catch {
            for place in filesystem.others {
                if let usage = try? usage(at: place) { return usage }
            }
            throw error
        }
    }

    private func usage(at point: FilePath) throws(HostFileError) -> FilesystemUsage {
        try usage(host.file(FilePath(point.bytes.drop { $0 == UInt8(ascii: "/") })))
    }
}
