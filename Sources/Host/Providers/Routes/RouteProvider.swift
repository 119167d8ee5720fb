public import AgentCore
internal import Netlink
public import Logging

/// The ways on which packets leave the host: `network/routes` and `network/default-route`, told as they change.
///
///     network/routes         {"routes": [{"destination": "default", "family": "inet", "gateway": "192.0.2.1",
///                             "link": "eth0", "metric": 100, "protocol": "dhcp", "scope": "global",
///                             "table": "main", "source": "192.0.2.7"}, ...], "truncated": false}
///     network/default-route  {"inet": {...}, "inet6": {...}}
///
/// Only the main table, and of each family no more routes than configured: then `truncated` is true.
public struct RouteProvider: PushingProvider {
    /// `routes`
    public let name = "routes"

    private let limit: Int
    private let open: @Sendable () throws -> any RouteMonitor
    private let clock: any Clock<Duration>
    private let faults: FaultLog

    /// The delay between a change and the next report: routes often change in bursts, and only the final state matters.
    static let rest = Duration.milliseconds(200)

    /// The routes of this network namespace.
    public init(_ configuration: RouteConfiguration = RouteConfiguration(), logger: Logger) {
        self.init(limit: configuration.limit, clock: ContinuousClock(), logger: logger) { try KernelRouteMonitor() }
    }

    init(
        limit: Int, clock: any Clock<Duration>, logger: Logger,
        open: @escaping @Sendable () throws -> any RouteMonitor
    ) {
        self.limit = limit
        self.open = open
        self.clock = clock
        faults = FaultLog(logger)
    }

    /// The routes now.
    public mutating func readings() -> [Reading] {
        do {
            return try open().snapshot(limit: limit).readings
        } catch {
            faults.failed(name, error)
            return []
        }
    }

    /// Reports the routes, at once and after each change.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        let monitor = try open()
        while !Task.isCancelled {
            do {
                report(try monitor.snapshot(limit: limit).readings)
            } catch let error as NetlinkError where error == .interrupted {
                // They change faster than they can be told; there is a hint of that already.
            }
            await monitor.changed()
            try await clock.sleep(for: Self.rest)
            try monitor.forget()
        }
    }
}
