import Netlink
import JSONText
import JetProtocol
import Synchronization
import Testing

@testable import AgentCore
@testable import Providers

/// This machine's kernel, and what ip(8) says of it.
struct LiveNetworkTests {
    @Test(
        "links, states, addresses agree with what ip(8) prints",
        .enabled(if: Command.ip != nil, "ip(8) is not installed"))
    func agreement() throws {
        let ip = try #require(Command.ip)
        var network = NetworkProvider(logger: MemoryLog().logger)
        // The machine's network may change between the two looks at it: then look again.
        var (ours, theirs): ([Link], [Link]) = ([], [])
        for _ in 0..<5 {
            ours = network.readings().map { Link(ours: $0) }.sorted { $0.name < $1.name }
            theirs =
                try JSON(parsing: Command.output("\(ip) -j addr")).array?.map(Link.init).sorted { $0.name < $1.name }
                ?? []
            if ours == theirs { break }
        }
        #expect(ours == theirs)
        #expect(!ours.isEmpty)
    }

    @Test("every link has its counters")
    func counters() {
        var network = NetworkProvider(logger: MemoryLog().logger)
        var counters = CounterProvider(logger: MemoryLog().logger)
        #expect(Set(counters.readings().map(\.path)) == Set(network.readings().map { $0.path + "/counters" }))
    }

    @Test(
        "a link that comes, changes and goes is told by the kernel as it happens",
        .enabled(if: NetworkNamespace.isPermitted, "needs the right to make a network namespace, and ip(8)"),
        .timeLimit(.minutes(1)))
    func pushed() async throws {
        let namespace = try NetworkNamespace()
        let reports = Reports()
        let watching = Task {
            var network = NetworkProvider(clock: ContinuousClock(), logger: MemoryLog().logger) {
                try KernelLinkMonitor { purpose in
                    try namespace.inside { try NetlinkSocket(purpose) }
                }
            }
            try await network.run { reports.put($0, of: "network") }
        }
        let board = Mutex<[String: JSON]>([:])
        func reported(_ condition: ([String: JSON]) -> Bool) async {
            while !condition(board.withLock { $0 }), await reports.wait() {
                for report in reports.take() {
                    let states = report.readings.map { ($0.path, $0.value) }
                    board.withLock { $0 = Dictionary(uniqueKeysWithValues: states) }
                }
            }
        }

        await reported { $0["network/lo"]?["state"] == "DOWN" }
        try namespace.ip("link add wan0 type veth peer name wan1")
        await reported { $0["network/wan0"]?["kind"] == "veth" && $0["network/wan1"] != nil }
        try namespace.ip("addr add 192.0.2.7/24 dev wan0")
        await reported { $0["network/wan0"]?["addresses"]?[0]?["address"] == "192.0.2.7" }
        try namespace.ip("link set wan0 up")
        try namespace.ip("link set wan1 up")
        await reported { $0["network/wan0"]?["state"] == "UP" && $0["network/wan0"]?["carrier"] == true }
        try namespace.ip("link set wan1 down")
        await reported { $0["network/wan0"]?["carrier"] == false }
        try namespace.ip("link set wan0 mtu 1400 name lan0")
        await reported { $0["network/wan0"] == nil && $0["network/lan0"]?["mtu"] == 1400 }
        try namespace.ip("link property add dev lan0 altname office")
        await reported { $0["network/lan0"]?["alternativeNames"] == ["office"] }
        try namespace.ip("link add bridge0 type bridge")
        try namespace.ip("link set lan0 master bridge0")
        await reported { $0["network/lan0"]?["master"] == "bridge0" }
        try namespace.ip("link set lan0 nomaster")
        await reported { $0["network/lan0"]?["master"] == nil }
        try namespace.ip("link del bridge0")
        try namespace.ip("link del lan0")
        await reported { Set($0.keys) == ["network/lo"] }

        watching.cancel()
        await #expect(throws: Never.self) { try await watching.value }
    }

    @Test(
        "more changes than the socket can hold are told as lost, and what is told after that is whole again",
        .enabled(if: NetworkNamespace.isPermitted, "needs the right to make a network namespace, and ip(8)"))
    func overrun() throws {
        let namespace = try NetworkNamespace()
        let socket = try namespace.inside { try NetlinkSocket(.notifications, bufferSize: 4096) }
        for number in 0..<30 { try namespace.ip("link add name v\(number) type veth peer name w\(number)") }
        #expect(try socket.arrivals() == .lost)
        #expect(try socket.arrivals() == .datagrams([]))
        try namespace.ip("link set lo up")
        guard case .datagrams(let datagrams) = try socket.arrivals() else { Issue.record("lost again"); return }
        #expect(
            datagrams.flatMap(RouteMessage.all).contains {
                if case .link(let link) = $0 { link.name == Array("lo".utf8) } else { false }
            })
    }

    @Test(
        "a real link whose name is not UTF-8 is shown with the byte escaped",
        .enabled(if: NetworkNamespace.isPermitted, "needs the right to make a network namespace, and ip(8)"))
    func oddName() throws {
        let namespace = try NetworkNamespace()
        try namespace.ip(#"link add name "$(printf 'bad\351if')" type veth peer name other"#)
        let messages = try namespace.inside {
            try NetlinkDump.of(.links(counters: true), over: NetlinkSocket(.requests))
        }
        let readings = LinkTable(messages.compactMap(RouteMessage.init)).readings
        let link = try #require(readings.first { $0.path == "network/bad%E9if" })
        #expect(link.value["peer"] == "other")
        #expect(readings.first { $0.path == "network/other" }?.value["peer"] == "bad%E9if")
        var counters = CounterProvider(period: .seconds(1), logger: MemoryLog().logger) { messages }
        #expect(counters.readings().map(\.path).contains("network/bad%E9if/counters"))
    }

    /// What is compared of a link.
    private struct Link: Equatable {
        let name: String
        let state: JSON?
        let mac: JSON?
        let mtu: JSON?
        let addresses: Set<[JSON?]>

        init(ours reading: Reading) {
            name = String(reading.path.dropFirst("network/".count))
            (state, mac, mtu) = (reading.value["state"], reading.value["mac"], reading.value["mtu"])
            addresses = Set(
                (reading.value["addresses"]?.array ?? []).map {
                    [$0["family"], $0["address"], $0["prefixLength"], $0["scope"]]
                })
        }

        init(_ theirs: JSON) {
            name = theirs["ifname"]?.string ?? ""
            (state, mac, mtu) = (theirs["operstate"], theirs["address"], theirs["mtu"])
            addresses = Set(
                (theirs["addr_info"]?.array ?? []).map { [$0["family"], $0["local"], $0["prefixlen"], $0["scope"]] })
        }
    }
}
