public import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol
public import Logging

/// The host's disks and what goes through them: `storage/disks/<name>`.
///
///     storage/disks/sda  {"model": "...", "size": 256060514304, "rotational": false, "removable": false,
///                         "readBytes": 1000448, "writtenBytes": 500736, "readRate": 0, "writeRate": 8190,
///                         "busyPercent": 0.4}
///
/// Devices that the kernel builds on top of others (loop, RAID, encryption) are left out. The counters of an idle disk
/// do not change, so it causes no updates.
///
/// Source of fact: Documentation/block/stat.rst of the kernel.
public struct DiskProvider: Provider {
    /// `disks`
    public let name = "disks"

    /// How long between two polls.
    public let period: Duration?

    private let host: Host
    private let now: @Sendable () -> Duration
    private let faults: FaultLog
    private var meters: [FilePath: RateMeter] = [:]

    /// The disks of `host`.
    public init(_ host: Host, period: Duration? = nil, logger: Logger) {
        self.init(host, period: period, now: RateMeter.now, logger: logger)
    }

    init(_ host: Host, period: Duration? = nil, now: @escaping @Sendable () -> Duration, logger: Logger) {
        self.host = host
        self.period = period
        self.now = now
        faults = FaultLog(logger)
    }

    /// All disks now; rates from the second time on.
    public mutating func readings() -> [Reading] {
        let names = host.devices(in: "block").filter { HostFile.exists(host.sys("block/\($0)/device")) }
        faults.keep(names.map(\.text))
        meters = meters.filter { names.contains($0.key) }
        return names.compactMap { name in
            faults.noting(name.text) { () throws(HostFileError) in try Disk(host, name) }.map { reading($0, name) }
        }
    }

    private mutating func reading(_ disk: Disk, _ name: FilePath) -> Reading {
        var value = JSON.Object()
        disk.describe(in: &value)
        var meter = meters[name] ?? RateMeter()
        let rates = meter.take([disk.readBytes, disk.writtenBytes, disk.busyMilliseconds], at: now())
        meters[name] = meter
        value["readRate"] = rates.map { RateMeter.rounded($0[0]) }
        value["writeRate"] = rates.map { RateMeter.rounded($0[1]) }
        // Milliseconds in a second are thousandths, a percent is ten of them.
        value["busyPercent"] = rates.map { .number((min(1000, $0[2])).rounded() / 10) }
        return Reading(
            "storage/disks/" + Slug.name(name.bytes), .object(value),
            Metadata(title: "Disk \(name.text)", datatype: .json), deadband: .members(["busyPercent": 1]))
    }
}

/// A disk at one moment.
private struct Disk {
    let model: String?
    let size: UInt64
    let isRotational: Bool
    let isRemovable: Bool
    let readBytes: UInt64
    let writtenBytes: UInt64
    let busyMilliseconds: UInt64

    /// The disk called `name`, as the kernel calls it.
    init(_ host: Host, _ name: FilePath) throws(HostFileError) {
        let directory = host.sys("block/\(name)")
        let text = try HostFile.text(directory + "/stat")
        let fields = text.split(separator: " ").map { UInt64($0) }
        guard fields.count >= 10, let read = fields[2], let written = fields[6], let busy = fields[9] else {
            throw HostFileError(notANumber: text)
        }
        readBytes = Self.bytes(read)
        writtenBytes = Self.bytes(written)
        busyMilliseconds = busy
        size = (try? HostFile.text(directory + "/size", limit: 64)).flatMap { UInt64($0) }.map(Self.bytes) ?? 0
        isRotational = (try? HostFile.integer(directory + "/queue/rotational")) == 1
        isRemovable = (try? HostFile.integer(directory + "/removable")) == 1
        // Memory cards have a name instead.
        let model =
            (try? HostFile.text(directory + "/device/model")) ?? (try? HostFile.text(directory + "/device/name"))
        self.model = model.flatMap { $0.isEmpty ? nil : $0 }
    }

    func describe(in value: inout JSON.Object) {
        value["model"] = model.map(JSON.string)
        value["size"] = .number(size)
        value["rotational"] = .boolean(isRotational)
        value["removable"] = .boolean(isRemovable)
        value["readBytes"] = .number(readBytes)
        value["writtenBytes"] = .number(writtenBytes)
    }

    /// Everything is counted in sectors of 512 bytes, whatever those of the disk are.
    private static func bytes(_ sectors: UInt64) -> UInt64 {
        let (bytes, overflow) = sectors.multipliedReportingOverflow(by: 512)
        return overflow ? .max : bytes
    }
}
