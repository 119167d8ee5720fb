public import AgentCore
internal import CLinux
internal import Glibc
internal import JetProtocol
public import Logging
public import Systemd

/// What systemd-networkd makes of each link: `network/<link>/networkd`.
///
///     network/eth0/networkd  {"administrativeState": "configured", "operationalState": "routable",
///                             "carrierState": "carrier", "addressState": "routable", "onlineState": "online", ...,
///                             "networkFile": "/etc/systemd/network/20-wired.network",
///                             "lease": {"address": "192.0.2.7", "prefixLength": 24, "server": "192.0.2.1",
///                                       "expires": "2026-03-01T12:00:00Z"}}
///
/// It tells changes of states by signals. That a lease was renewed it does not tell; the kernel does, since then the
/// address gets another lifetime. Both are hints to ask anew.
public struct NetworkdProvider: PushingProvider {
    /// `networkd`
    public let name = "networkd"

    private let following: Following
    private let faults: FaultLog
    private var known: [String: ManagedLink] = [:]

    private static let service = "org.freedesktop.network1"
    private static let root = "/org/freedesktop/network1"
    private static let linkInterface = "org.freedesktop.network1.Link"

    /// So long changes are awaited together; and what the kernel tells, systemd-networkd has to hear, too.
    static let rest = Duration.milliseconds(500)

    /// What the service on `bus` says of links.
    public init(bus: any MessageBus, logger: Logger) {
        self.init(bus: bus, clock: ContinuousClock(), logger: logger) { try KernelLinkMonitor() }
    }

    init(
        bus: any MessageBus, clock: any Clock<Duration>, logger: Logger,
        openLinks: @escaping @Sendable () throws -> any LinkMonitor
    ) {
        following = Following(
            bus: bus,
            matches: [
                .nameOwnerChanged(Self.service), .propertiesChanged(sender: Self.service, pathNamespace: Self.root),
            ],
            sources: [
                { changed in
                    let monitor = try openLinks()
                    while !Task.isCancelled {
                        _ = try await monitor.changes()
                        changed()
                        try await clock.sleep(for: Self.rest)
                    }
                }
            ], rest: Self.rest, clock: clock, isBusOptional: true)
        faults = FaultLog(logger)
    }

    /// Nothing: who is asked over the bus cannot answer at once.
    public mutating func readings() -> [Reading] { [] }

    /// Reports all links that systemd-networkd knows, at once and after each change.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        try await following.run { _ in report(await links().map(\.reading)) }
    }

    /// The links now; none where the service does not run.
    private mutating func links() async -> [ManagedLink] {
        guard await following.bus.isOwned(Self.service) else {
            known = [:]
            return []
        }
        var links: [ManagedLink] = []
        do throws(DBusError) {
            let answer = try await following.bus.call(
                MethodCall(
                    destination: Self.service, path: Self.root, interface: "org.freedesktop.network1.Manager",
                    member: "ListLinks"))
            for entry in answer.first?.array ?? [] {
                guard let parts = entry.structure, parts.count == 3, let name = parts[1].string,
                    let path = parts[2].string, let link = await link(name, path)
                else { continue }
                links.append(link.steadied(by: known[name]))
            }
            faults.worked(Self.service)
        } catch {
            if !error.isServiceMissing { faults.failed(Self.service, error) }
        }
        known = Dictionary(links.map { ($0.name, $0) }) { first, _ in first }
        return links
    }

    /// One link; `nil` if it is gone meanwhile.
    private func link(_ name: String, _ path: String) async -> ManagedLink? {
        let bus = following.bus
        do throws(DBusError) {
            let properties = try await bus.properties(of: Self.linkInterface, at: path, destination: Self.service)
            var link = ManagedLink(name, properties)
            guard link.isManaged else { return link }
            // Its description has all of the link's routes in it, so that it is asked for only where it can say more.
            let answer = try await bus.call(
                MethodCall(
                    destination: Self.service, path: path, interface: Self.linkInterface, member: "Describe"))
            if let description = answer.first?.string { link.take(description, now: Self.now()) }
            return link
        } catch {
            return nil
        }
    }

    private static func now() -> (wall: Double, boot: Double) {
        let seconds = { (clock: Int32) in
            var time = timespec()
            clock_gettime(clock, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        return (seconds(CLOCK_REALTIME), seconds(CLOCK_BOOTTIME))
    }
}
