internal import AgentCore
internal import Files
internal import Udev

/// A source of information about devices: events as they happen, and the devices that exist now.
protocol DeviceSource: Sendable {
    /// Whether device events are available. Where they are not, as in most containers, `events` never returns any.
    var tellsEvents: Bool { get }

    /// The number of the newest event of the kernel's; 0 where it does not say.
    var sequenceNumber: UInt64 { get }

    /// Waits for events, and gives all that have come, in their order; cancelled, it gives none.
    ///
    /// - Throws: What ended the source for good.
    func events() async throws -> [DeviceMonitor.Event]

    /// All devices that there are now.
    func devices() throws -> [Device]

    /// The device in this directory as it is now; `nil` if it is gone.
    func device(at syspath: FilePath) throws -> Device?
}

/// Devices and events as udev reports them. udev sends an event after it has processed its rules, so that names and
/// properties are final; the kernel's own events come before that.
struct UdevSource: DeviceSource {
    private let host: Host
    private let subsystems: [String]
    private let monitor: DeviceMonitor

    /// Begins to collect events of these subsystems.
    ///
    /// - Parameter received: A socket that has collected events already; `nil` for an own one.
    init(_ host: Host, subsystems: [String], received: Int32? = nil) throws {
        self.host = host
        self.subsystems = subsystems
        monitor = try DeviceMonitor(of: subsystems, sharing: received)
    }

    var tellsEvents: Bool { HostFile.exists(host.file("run/udev/control")) }

    var sequenceNumber: UInt64 {
        (try? HostFile.integer(host.sys("kernel/uevent_seqnum"))).flatMap(UInt64.init(exactly:)) ?? 0
    }

    func events() async throws -> [DeviceMonitor.Event] { try await monitor.batch() }

    func devices() throws -> [Device] {
        try Lane.accessing(FilePath("/sys (\(subsystems.joined(separator: ", ")))")) {
            try Udev.devices(of: subsystems)
        }
    }

    func device(at syspath: FilePath) throws -> Device? {
        try Lane.accessing(syspath) { try Udev.device(at: syspath) }
    }
}
