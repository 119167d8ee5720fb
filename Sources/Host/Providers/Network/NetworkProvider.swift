public import AgentCore
public import Netlink
internal import DocumentedEvents
public import Logging

/// The host's network links and their addresses: `network/<link>`, told by the kernel as they change.
///
/// The order is: subscribe, then take everything at once, then apply what has been told since. When the kernel tells
/// that it had to drop some of its messages, everything is taken anew, and the state board finds the difference.
public struct NetworkProvider: PushingProvider {
    /// `network`
    public let name = "network"

    private let host: Host
    private let open: @Sendable () throws -> any LinkMonitor
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let faults: FaultLog

    /// So long the provider waits before it takes everything anew: what made the kernel drop messages is rarely over
    /// with the first one.
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

    /// What is so by the table, once it knows the hardware.
    private func look(_ table: inout LinkTable) -> [Reading] {
        table.look { LinkHardware($0, of: host) }
        return table.readings
    }

    /// Everything at once; asked for again while the links change faster than they can be told.
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

    /// How many snapshots in vain end the provider, to be started again from the beginning.
    private static let snapshotAttempts = 20
}
