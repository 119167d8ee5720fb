import Glibc
import JSONText
import Synchronization
import Systemd
import Testing

@testable import AgentCore
@testable import Providers

/// Whom the host asks for names.
struct DNSProviderTests {
    private static let object = "/org/freedesktop/resolve1"
    private static let interface = "org.freedesktop.resolve1.Manager"

    @Test("resolv.conf names servers and what is searched; its last word on that counts")
    func resolvConf() {
        let text = """
            # made by hand
            nameserver 192.0.2.53
            nameserver\t2001:db8::53
            domain old.example
            search lab.example  office.example
            nameserver
            options edns0
            """
        #expect(
            NameServers(resolvConf: text).reading.value == [
                "source": "resolv.conf",
                "servers": [["address": "192.0.2.53"], ["address": "2001:db8::53"]],
                "domains": [["domain": "lab.example"], ["domain": "office.example"]],
            ])
    }

    @Test("systemd-resolved tells more: the link, the port, the name by which a server is checked")
    func resolved() {
        let servers = DBusValue.array(
            element: "(iiayqs)",
            [
                server(2, [192, 0, 2, 53]), server(0, [192, 0, 2, 54], port: 853, name: "dns.example"),
                server(2, [1, 2]),
            ])
        let domains = DBusValue.array(
            element: "(isb)",
            [
                .structure([.int32(2), .string("lab.example"), .boolean(false)]),
                .structure([.int32(2), .string("corp.example"), .boolean(true)]),
            ])
        #expect(
            NameServers(resolved: servers, domains) { $0 == 2 ? "eth0" : nil }.reading.value == [
                "source": "systemd-resolved",
                "servers": [
                    ["address": "192.0.2.53", "link": "eth0"],
                    ["address": "192.0.2.54", "port": 853, "name": "dns.example"],
                ],
                "domains": [
                    ["domain": "lab.example", "link": "eth0"],
                    ["domain": "corp.example", "link": "eth0", "routeOnly": true],
                ],
            ])
    }

    @Test("an answer of another shape gives nothing, and does no harm")
    func nonsense() {
        let servers = NameServers(resolved: .string("x"), .array(element: "i", [.int32(1)])) { _ in nil }
        #expect(servers.servers.isEmpty && servers.domains.isEmpty)
    }

    @Test(
        "where systemd-resolved runs it is asked, when it goes the file counts, and a file that is replaced is read anew",
        .timeLimit(.minutes(1)))
    func followed() async throws {
        let tree = try Tree()
        tree.write("etc/resolv.conf", "nameserver 127.0.0.53\n")
        let bus = FakeBus()
        let runs = Mutex(true)
        bus.answer("NameHasOwner") { _ in [.boolean(runs.withLock { $0 })] }
        bus.set(
            Self.interface, Self.object,
            [
                "DNSEx": .array(element: "(iiayqs)", [server(2, [192, 0, 2, 53])]),
                "Domains": .array(element: "(isb)", []),
            ])
        let log = MemoryLog()
        let board = LiveBoard()
        let host = Host(tree)
        let watching = Task {
            var dns = DNSProvider(host, bus: bus, clock: ContinuousClock(), logger: log.logger) { _ in "eth0" }
            try await dns.run { board.put($0) }
        }
        await board.holds { $0["network/dns"]?["servers"]?[0]?["address"] == "192.0.2.53" }

        // systemd-resolved sends no signal about this one, but writes its file.
        tree.write("run/systemd/resolve/resolv.conf.new", "nameserver 192.0.2.99\n")
        bus.set(Self.interface, Self.object, ["DNSEx": .array(element: "(iiayqs)", [server(3, [192, 0, 2, 99])])])
        #expect(
            rename(tree.path("run/systemd/resolve/resolv.conf.new"), tree.path("run/systemd/resolve/resolv.conf")) == 0)
        await board.holds { $0["network/dns"]?["servers"]?[0]?["address"] == "192.0.2.99" }

        runs.withLock { $0 = false }
        bus.emit(
            Signal(
                path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus", member: "NameOwnerChanged",
                arguments: [.string("org.freedesktop.resolve1"), .string(":1.5"), .string("")]))
        await board.holds { $0["network/dns"]?["source"] == "resolv.conf" }
        tree.write("etc/resolv.conf.new", "nameserver 198.51.100.1\n")
        #expect(rename(tree.path("etc/resolv.conf.new"), tree.path("etc/resolv.conf")) == 0)
        await board.holds { $0["network/dns"]?["servers"]?[0]?["address"] == "198.51.100.1" }
        #expect(log.said.isEmpty)

        watching.cancel()
        _ = await watching.result
    }

    @Test("a host that has neither shows nothing, and nothing is said about it")
    func neither() throws {
        let log = MemoryLog()
        var dns = DNSProvider(Host(try Tree()), bus: FakeBus(), logger: log.logger)
        #expect(dns.readings().isEmpty && log.said.isEmpty)
    }

    private func server(_ link: Int32, _ address: [UInt8], port: UInt16 = 0, name: String = "") -> DBusValue {
        .structure([
            .int32(link), .int32(2), .array(element: "y", address.map(DBusValue.byte)), .uint16(port), .string(name),
        ])
    }
}
