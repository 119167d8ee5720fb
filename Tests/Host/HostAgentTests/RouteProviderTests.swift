import Netlink
import CNetlink
import Glibc
import JSONText
import Synchronization
import Testing

@testable import AgentCore
@testable import Providers

/// When routes are told.
struct RouteProviderTests {
    @Test("they are told at once and after each hint, and rest between two looks")
    func hints() async {
        let monitor = ScriptedRoutes([.success(RouteTable()), .success(RouteTable(isTruncated: true))])
        let clock = VirtualClock()
        #expect(await truncations(monitor, clock) == [false, true])
        #expect(clock.sleeps.allSatisfy { $0 == RouteProvider.rest })
    }

    @Test("a look that never was whole is left out: the hint that it came from is followed by another")
    func interrupted() async {
        let monitor = ScriptedRoutes([.failure(.interrupted), .success(RouteTable())])
        #expect(await truncations(monitor, VirtualClock()) == [false])
    }

    @Test("a kernel that refuses is told once, and nothing is shown")
    func refused() {
        let log = MemoryLog()
        var routes = RouteProvider(limit: 10, clock: VirtualClock(), logger: log.logger) {
            throw NetlinkError("socket", code: EPERM)
        }
        #expect(routes.readings().isEmpty && routes.readings().isEmpty)
        #expect(log.said == ["warning cannot be read routes"])
    }

    private func truncations(_ monitor: ScriptedRoutes, _ clock: VirtualClock) async -> [Bool?] {
        let reports = Mutex<[Bool?]>([])
        var routes = RouteProvider(limit: 10, clock: clock, logger: MemoryLog().logger) { monitor }
        await #expect(throws: ScriptedRoutes.End.self) {
            try await routes.run { readings in
                reports.withLock { $0.append(readings.first?.value["truncated"]?.bool) }
            }
        }
        return reports.withLock { $0 }
    }
}

/// The kernel of this machine, in a network namespace of the test's own.
struct LiveRouteTests {
    @Test(
        "routes come and go as ip(8) makes them, and with their link",
        .enabled(if: NetworkNamespace.isPermitted, "needs the right to make a network namespace, and ip(8)"),
        .timeLimit(.minutes(1)))
    func pushed() async throws {
        let namespace = try NetworkNamespace()
        let (board, watching) = watch(namespace, limit: 100)
        try namespace.ip("link add wan0 type veth peer name wan1")
        try namespace.ip("addr add 192.0.2.7/24 dev wan0")
        try namespace.ip("link set wan0 up")
        try namespace.ip("link set wan1 up")
        try namespace.ip("route add default via 192.0.2.1 dev wan0 metric 50")
        await board.holds { $0["network/default-route"]?["inet"]?["gateway"] == "192.0.2.1" }
        try namespace.ip("route add 10.0.0.0/8 nexthop via 192.0.2.2 weight 1 nexthop via 192.0.2.3 weight 2")
        await board.holds { board in
            let routes = board["network/routes"]?["routes"]?.array ?? []
            return routes.first { $0["destination"] == "10.0.0.0/8" }?["nextHops"]?[1]?["weight"] == 2
        }
        try namespace.ip("route add blackhole 203.0.113.0/24")
        try namespace.ip("-6 route add 2001:db8:1::/48 dev wan0")
        try namespace.ip("route add 198.51.100.0/24 dev wan0 table 77")
        await board.holds { board in
            let routes = board["network/routes"]?["routes"]?.array ?? []
            return routes.contains { $0["type"] == "blackhole" }
                && routes.contains { $0["destination"] == "2001:db8:1::/48" && $0["family"] == "inet6" }
        }
        #expect(board.destinations.contains("198.51.100.0/24") == false)

        // The kernel sends no word about the routes of IPv4 that this takes away.
        try namespace.ip("link set wan0 down")
        await board.holds { $0["network/default-route"] == [:] }
        #expect(board.destinations.contains("10.0.0.0/8") == false && board.destinations.contains("203.0.113.0/24"))

        watching.cancel()
        _ = await watching.result
    }

    @Test(
        "of more routes than the limit the first are told, the default one among them, and that there are more",
        .enabled(if: NetworkNamespace.isPermitted, "needs the right to make a network namespace, and ip(8)"),
        .timeLimit(.minutes(1)))
    func truncated() async throws {
        let namespace = try NetworkNamespace()
        try namespace.ip("link add wan0 type veth peer name wan1")
        try namespace.ip("addr add 192.0.2.7/24 dev wan0")
        try namespace.ip("link set wan0 up")
        try namespace.ip("link set wan1 up")
        for number in 0..<40 { try namespace.ip("route add 10.0.\(number).0/24 dev wan0") }
        let (board, watching) = watch(namespace, limit: 20)
        await board.holds { $0["network/routes"]?["truncated"] == true }
        try namespace.ip("route add default via 192.0.2.1")
        await board.holds { $0["network/default-route"]?["inet"]?["gateway"] == "192.0.2.1" }
        #expect(board.destinations.filter { !$0.hasPrefix("fe80") }.count == 20)
        for number in 0..<30 { try namespace.ip("route del 10.0.\(number).0/24 dev wan0") }
        await board.holds { $0["network/routes"]?["truncated"] == false }

        watching.cancel()
        _ = await watching.result
    }

    private func watch(_ namespace: NetworkNamespace, limit: Int) -> (LiveBoard, Task<Void, any Error>) {
        let board = LiveBoard()
        let watching = Task {
            let open = { @Sendable () throws -> any RouteMonitor in
                try KernelRouteMonitor { groups in try namespace.inside { try KernelRouteMonitor.socket(groups) } }
            }
            var routes = RouteProvider(
                limit: limit, clock: ContinuousClock(), logger: MemoryLog().logger, open: open)
            try await routes.run { board.put($0) }
        }
        return (board, watching)
    }
}

/// Routes that are what they were told to be; after the last ones the source is over.
private final class ScriptedRoutes: RouteMonitor {
    struct End: Error {}

    private let snapshots: Mutex<[Result<RouteTable, NetlinkError>]>

    init(_ snapshots: [Result<RouteTable, NetlinkError>]) { self.snapshots = Mutex(snapshots) }

    func changed() async {}

    func forget() throws { if snapshots.withLock({ $0.isEmpty }) { throw End() } }

    func snapshot(limit: Int) throws -> RouteTable {
        try snapshots.withLock { $0.isEmpty ? nil : $0.removeFirst() }?.get() ?? RouteTable()
    }
}
