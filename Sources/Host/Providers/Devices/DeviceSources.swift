internal import AgentCore
internal import Netlink
internal import Files
internal import Udev

/// Chooses the source that reports a host's devices.
enum DeviceSources {
    /// udev where sysfs is this machine's own; where other directories are used in its place, those directories alone.
    static func source(
        of host: Host, subsystems: [String], sockets: ReceivedNetlinkSockets = ReceivedNetlinkSockets()
    ) throws -> any DeviceSource {
        if host.sysfs == "/sys" || host.sysfs == "/sys/" {
            return try UdevSource(host, subsystems: subsystems, received: sockets.udev)
        }
        return SysfsSource(host, subsystems: subsystems)
    }
}

/// Devices as read from the directories that are used in place of /sys: another machine's sysfs, as in a container that
/// shows the machine it runs on, or a tree of files. libudev supports only /sys. There are no events, and only the
/// kernel's properties.
///
/// Source of fact: sysfs(5); Documentation/filesystems/sysfs.rst of the kernel.
struct SysfsSource: DeviceSource {
    private let host: Host
    private let root: FilePath
    private let subsystems: [String]

    init(_ host: Host, subsystems: [String]) {
        self.host = host
        self.subsystems = subsystems
        let sysfs = FilePath(host.sysfs)
        root = HostFile.realPath(sysfs) ?? sysfs
    }

    var tellsEvents: Bool { false }
    var sequenceNumber: UInt64 { 0 }

    func events() async throws -> [DeviceMonitor.Event] { [] }

    func devices() throws -> [Device] {
        subsystems.flatMap { subsystem in
            // A subsystem is a class or a bus.
            (["class/\(subsystem)", "bus/\(subsystem)/devices"] as [FilePath]).flatMap { folder in
                host.devices(in: folder).compactMap { name in
                    HostFile.realPath(host.sys("\(folder)/\(name)")).flatMap { device(in: $0, of: subsystem) }
                }
            }
        }
    }

    func device(at syspath: FilePath) throws -> Device? {
        guard syspath.hasPrefix("/sys/"), let directory = HostFile.realPath(root + syspath.dropFirst(4)),
            let subsystem = HostFile.link(directory + "/subsystem")
        else { return nil }
        return device(in: directory, of: subsystem.name.text)
    }

    private func device(in directory: FilePath, of subsystem: String) -> Device? {
        guard directory.hasPrefix(root + "/") else { return nil }
        let devpath = directory.dropFirst(root.bytes.count)
        // The kernel writes a slash in a device's name as an exclamation mark.
        let name = directory.name.bytes.map { $0 == UInt8(ascii: "!") ? UInt8(ascii: "/") : $0 }
        var properties = ["DEVPATH": devpath.text, "SUBSYSTEM": subsystem]
        for line in ((try? HostFile.text(directory + "/uevent")) ?? "").split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            properties[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return Device(
            subsystem: subsystem, sysname: FilePath(name), syspath: "/sys" + devpath,
            devnode: properties["DEVNAME"].map { "/dev/\($0)" }, properties: properties)
    }
}
