import Netlink
import CNetlink
import Glibc
import JSONText
import Synchronization
import TestSupport
import Testing

@testable import AgentCore
@testable import Providers

/// How the provider keeps to the kernel's truth, whatever the kernel does.
struct NetworkProviderTests {
    @Test("everything is reported at once, and again after each change")
    func changes() async {
        let monitor = ScriptedMonitor(
            snapshots: [.success([.eth(1), .eth(2)])],
            changes: [.messages([.eth(3)]), .messages([.linkGone(1), .linkGone(2)])])
        #expect(await reports(of: monitor) == [["eth1", "eth2"], ["eth1", "eth2", "eth3"], ["eth3"]])
    }

    @Test("when messages were lost, everything is taken anew, after a rest")
    func lost() async {
        let monitor = ScriptedMonitor(
            snapshots: [.success([.eth(1), .eth(2)]), .success([.eth(2), .eth(4)]), .success([.eth(5)])],
            changes: [.messages([.eth(3)]), .lost, .lost])
        let clock = VirtualClock()
        #expect(
            await reports(of: monitor, clock) == [
                ["eth1", "eth2"], ["eth1", "eth2", "eth3"], ["eth2", "eth4"], ["eth5"],
            ])
        #expect(clock.sleeps == [NetworkProvider.resyncDelay, NetworkProvider.resyncDelay])
    }

    @Test("a snapshot that never was whole is taken again, after a rest")
    func interrupted() async {
        let monitor = ScriptedMonitor(
            snapshots: [.failure(.interrupted), .failure(.interrupted), .success([.eth(1)])], changes: [])
        let clock = VirtualClock()
        #expect(await reports(of: monitor, clock) == [["eth1"]])
        #expect(clock.sleeps.count == 2)
    }

    @Test("a kernel that refuses ends the provider")
    func refused() async {
        let refusal = NetlinkError("dump", code: EPERM)
        let monitor = ScriptedMonitor(snapshots: [.failure(refusal)], changes: [])
        var network = provider(monitor, VirtualClock())
        await #expect(throws: refusal) { try await network.run { _ in } }
    }

    @Test("asked without a bus, it says once that the kernel does not answer, and shows nothing")
    func listing() {
        let log = MemoryLog()
        var network = NetworkProvider(clock: VirtualClock(), logger: log.logger) {
            throw NetlinkError("socket", code: EPROTONOSUPPORT)
        }
        #expect(network.readings().isEmpty)
        #expect(network.readings().isEmpty)
        #expect(log.said == ["warning cannot be read network"])
    }

    /// The links in each report, until the script ends.
    private func reports(of monitor: ScriptedMonitor, _ clock: VirtualClock = VirtualClock()) async -> [[String]] {
        let reports = Mutex<[[String]]>([])
        var network = provider(monitor, clock)
        await #expect(throws: ScriptedMonitor.End.self) {
            try await network.run { readings in
                reports.withLock { $0.append(readings.map { String($0.path.dropFirst("network/".count)) }) }
            }
        }
        return reports.withLock { $0 }
    }

    private func provider(_ monitor: ScriptedMonitor, _ clock: VirtualClock) -> NetworkProvider {
        NetworkProvider(clock: clock, logger: MemoryLog().logger) { monitor }
    }
}

/// A kernel that says what it was told to.
private final class ScriptedMonitor: LinkMonitor {
    /// The script is over.
    struct End: Error {}

    private let snapshots: Mutex<[Result<[RouteMessage], NetlinkError>]>
    private let script: Mutex<[LinkChanges]>

    init(snapshots: [Result<[RouteMessage], NetlinkError>], changes: [LinkChanges]) {
        self.snapshots = Mutex(snapshots)
        script = Mutex(changes)
    }

    func snapshot() throws -> [RouteMessage] {
        try snapshots.withLock { $0.isEmpty ? nil : $0.removeFirst() }?.get() ?? []
    }

    func changes() async throws -> LinkChanges {
        guard let next = script.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { throw End() }
        return next
    }
}

extension RouteMessage {
    /// A link called `eth` and its index.
    fileprivate static func eth(_ index: Int32) -> RouteMessage {
        let name = NetlinkBuilder.attribute(Int(IFLA_IFNAME), Array("eth\(index)\0".utf8))
        let bytes = NetlinkBuilder.message(Int(RTM_NEWLINK), NetlinkBuilder.link(index: index, name))
        return RouteMessage.all(in: bytes).first ?? .linkGone(index)
    }
}
