import Netlink
import JSONText
import Synchronization
import Systemd
import Testing

@testable import AgentCore
@testable import Providers

/// What systemd-networkd makes of links.
struct NetworkdProviderTests {
    private static let interface = "org.freedesktop.network1.Link"

    /// What systemd 252 says of a link that has its address by DHCP, cut down to a part.
    private static let description = """
        {"Index": 2, "Name": "eth0", "NetworkFile": "/etc/systemd/network/20-wired.network", "Addresses": [
         {"Family": 10, "Address": [254,128,0,0,0,0,0,0,80,84,0,255,254,0,0,1], "PrefixLength": 64,
          "ConfigSource": "NDisc", "ConfigState": "configured"},
         {"Family": 2, "Address": [192,0,2,7], "PrefixLength": 24, "ValidLifetimeUsec": 3600500000,
          "ConfigSource": "DHCPv4", "ConfigState": "configured", "ConfigProvider": [192,0,2,1]}]}
        """

    @Test("a lease has its server and its end, told by the clock that people have")
    func lease() {
        var link = ManagedLink("eth0", ["OperationalState": .string("routable"), "Strange": .uint32(1)])
        link.take(Self.description, now: (wall: 1_700_000_000, boot: 0.5))
        #expect(
            link.reading.value == [
                "operationalState": "routable", "networkFile": "/etc/systemd/network/20-wired.network",
                "lease": [
                    "address": "192.0.2.7", "prefixLength": 24, "server": "192.0.2.1",
                    "expires": "2023-11-14T23:13:20Z",
                ],
            ])
        #expect(link.reading.path == "network/eth0/networkd")
    }

    @Test(
        "a description of another shape says nothing, and a lease without end has none",
        arguments: [
            ("", false), ("[]", false), (#"{"Addresses": 5}"#, false),
            (#"{"Addresses": [{"ConfigSource": "DHCPv4", "Address": [1, 999], "PrefixLength": 24}]}"#, false),
            (
                #"{"Addresses": [{"ConfigSource": "DHCPv4", "Address": [10, 0, 0, 1], "PrefixLength": 8, "#
                    + #""ValidLifetimeUsec": 18446744073709551615}]}"#, true
            ),
        ])
    func nonsense(text: String, isLease: Bool) {
        var link = ManagedLink("eth0", [:])
        link.take(text, now: (0, 0))
        #expect((link.lease != nil) == isLease)
        #expect(link.reading.value["lease"]?["expires"] == nil)
    }

    @Test("an end that only trembles with the clocks stays, a renewed one moves")
    func steady() {
        func link(_ expiry: Int) -> ManagedLink {
            var link = ManagedLink("eth0", [:])
            link.lease = .init(address: "192.0.2.7", prefixLength: 24, server: nil, expiry: expiry)
            return link
        }
        #expect(link(101).steadied(by: link(100)) == link(100))
        #expect(link(200).steadied(by: link(100)) == link(200))
        #expect(link(100).steadied(by: nil) == link(100))
    }

    @Test("links are told as they change, those of others without being asked for more", .timeLimit(.minutes(1)))
    func followed() async throws {
        let bus = FakeBus()
        let runs = Mutex(true)
        bus.answer("NameHasOwner") { _ in [.boolean(runs.withLock { $0 })] }
        bus.answer("ListLinks") { _ in
            [
                .array(
                    element: "(iso)",
                    [
                        .structure([.int32(1), .string("lo"), .objectPath("/org/freedesktop/network1/link/_31")]),
                        .structure([.int32(2), .string("eth0"), .objectPath("/org/freedesktop/network1/link/_32")]),
                        .structure([.int32(9), .string("gone"), .objectPath("/org/freedesktop/network1/link/_39")]),
                    ])
            ]
        }
        bus.answer("Describe") { _ in [.string(Self.description)] }
        bus.set(Self.interface, "/org/freedesktop/network1/link/_31", ["AdministrativeState": .string("unmanaged")])
        bus.set(
            Self.interface, "/org/freedesktop/network1/link/_32",
            ["AdministrativeState": .string("configured"), "OperationalState": .string("routable")])
        let log = MemoryLog()
        let board = LiveBoard()
        let watching = Task {
            var networkd = NetworkdProvider(bus: bus, clock: ContinuousClock(), logger: log.logger) {
                throw NetlinkError("socket", code: 1)
            }
            try await networkd.run { board.put($0) }
        }
        await board.holds { $0["network/eth0/networkd"]?["lease"]?["address"] == "192.0.2.7" }
        await board.holds { Set($0.keys) == ["network/eth0/networkd", "network/lo/networkd"] }
        #expect(bus.calls.filter { $0.member == "Describe" }.allSatisfy { $0.path.hasSuffix("_32") })

        bus.set(
            Self.interface, "/org/freedesktop/network1/link/_32", ["OperationalState": .string("no-carrier")])
        await board.holds { $0["network/eth0/networkd"]?["operationalState"] == "no-carrier" }

        runs.withLock { $0 = false }
        bus.emit(
            Signal(
                path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus", member: "NameOwnerChanged",
                arguments: [.string("org.freedesktop.network1"), .string(":1.5"), .string("")]))
        await board.holds { $0.isEmpty }
        #expect(log.said.isEmpty)

        watching.cancel()
        _ = await watching.result
    }

    @Test("a host without it, or without a bus, shows nothing, and nothing is said about it", .timeLimit(.minutes(1)))
    func absent() async throws {
        let bus = FakeBus()
        bus.disconnect()
        let log = MemoryLog()
        let clock = VirtualClock()
        let reports = Mutex<[Int]>([])
        let watching = Task {
            var networkd = NetworkdProvider(bus: bus, clock: clock, logger: log.logger) {
                throw NetlinkError("socket", code: 1)
            }
            try await networkd.run { readings in reports.withLock { $0.append(readings.count) } }
        }
        while reports.withLock({ $0.count }) < 3 { await Task.yield() }
        watching.cancel()
        _ = await watching.result
        #expect(reports.withLock { $0.allSatisfy { $0 == 0 } })
        #expect(log.said.isEmpty)
        #expect(clock.sleeps.contains(Following.busDelay))
    }
}
