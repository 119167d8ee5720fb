public import AgentCore
public import Netlink
internal import DocumentedEvents
public import Logging

/// The host's network links and their addresses: `network/<link>`, updated as the kernel reports changes.
///
/// The order is: subscribe, then take a snapshot, then apply the messages received since. When the kernel reports that
/// it had to drop messages, a new snapshot is taken, and the state board finds the differences.
public struct NetworkProvider: PushingProvider {
    /// `network`
    public let name = "network"

    private let host: Host
    private let open: @Sendable () throws -> any LinkMonitor
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let faults: FaultLog

    /// How long the provider waits after lost messages before it takes a new snapshot: the kernel usually drops more
    /// than one message.
    static let resyncDelay = Duration.milliseconds(500)

    /// The links of this network namespace, whose hardware `host` knows.
    ///
    /// - Parameter sockets: Those that the service manager has handed over; without, the provider opens its own.
    public init(_ host: Host = Host(), sockets: ReceivedNetlinkSockets = ReceivedNetlinkSockets(), logger: Logger) {
        self.init(host, clock: ContinuousClock(), logger: logger) { try KernelLinkMonitor(received: sockets.route) }
    }

    init(
        _ host: Host = Host(), clock: any Clock<Duration>, logger: Logger,
        open: @escaping @Sendable () throws -> any LinkMonitor
    ) {
        self.host = host
        self.open = open
        self.clock = clock
        self.logger = logger
        faults = FaultLog(logger)
    }

    /// All links now.
    public mutating func readings() -> [Reading] {
        do {
            var table = LinkTable(try open().snapshot())
            return look(&table)
        } catch {
            faults.failed(name, error)
            return []
        }
    }

    /// Reports all links, at once and after each change.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        let monitor = try open()
        var table = try await snapshot(of: monitor)
        while !Task.isCancelled {
            report(look(&table))
            switch try await monitor.changes() {
            case .messages(let messages):
                for message in messages { table.apply(message) }
            case .lost:
                logger.note(AgentEvent.sourceOverrun, ["source": "network"])
                try await clock.sleep(for: Self.resyncDelay)
                table = try await snapshot(of: monitor)
            }
        }
    }

    /// The readings of the table, after its hardware information was updated.
    private func look(_ table: inout LinkTable) -> [Reading] {
        table.look { LinkHardware($0, of: host) }
        return table.readings
    }

    /// Takes a snapshot; requested again if the links changed while the kernel was sending it.
    private func snapshot(of monitor: any LinkMonitor) async throws -> LinkTable {
        for _ in 0..<Self.snapshotAttempts {
            do {
                return LinkTable(try monitor.snapshot())
            } catch let error as NetlinkError where error == .interrupted {
                try await clock.sleep(for: Self.resyncDelay)
            }
        }
        throw NetlinkError.interrupted
    }

    /// After this number of failed snapshots the provider ends and is restarted.
    private static let snapshotAttempts = 20
}
