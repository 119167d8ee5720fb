import Netlink
import CNetlink
import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import AgentCore
@testable import Providers

/// From what the kernel said to what stands on the bus.
struct LinkTableTests {
    @Test("a captured dump gives each link with its addresses")
    func dump() throws {
        let capture = try Fixture.capture("rtnetlink.capture")
        let datagrams = capture.filter { $0.name == "dump-links" || $0.name == "dump-addresses" }.map(\.bytes)
        let readings = LinkTable(datagrams.flatMap(RouteMessage.all)).readings
        #expect(readings.map(\.path) == ["network/lo", "network/v1", "network/v0"])
        #expect(
            readings[0].value == [
                "index": 1, "state": "UNKNOWN", "carrier": true, "mac": "00:00:00:00:00:00", "mtu": 65536,
                "flags": ["LOOPBACK", "UP", "LOWER_UP"],
                "addresses": [
                    ["address": "127.0.0.1", "prefixLength": 8, "family": "inet", "scope": "host"],
                    ["address": "::1", "prefixLength": 128, "family": "inet6", "scope": "host"],
                ],
            ])
        #expect(
            readings[2].value == [
                "index": 3, "state": "UP", "carrier": true, "mac": "02:00:00:00:00:01", "mtu": 1500, "kind": "veth",
                "peer": "v1",
                "flags": ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
                "addresses": [
                    ["address": "10.0.0.1", "prefixLength": 32, "family": "inet", "scope": "global"],
                    ["address": "192.0.2.7", "prefixLength": 24, "family": "inet", "scope": "global"],
                    ["address": "2001:db8::7", "prefixLength": 64, "family": "inet6", "scope": "global"],
                    ["address": "fe80::ff:fe00:1", "prefixLength": 64, "family": "inet6", "scope": "link"],
                ],
            ])
        #expect(readings[2].meta.json == ["title": "Network link v0", "datatype": "json"])
    }

    @Test("captured notifications change what they are about, step by step")
    func notifications() throws {
        let capture = try Fixture.capture("rtnetlink.capture")
        var table = LinkTable(
            capture.filter { $0.name == "dump-links" || $0.name == "dump-addresses" }.flatMap {
                RouteMessage.all(in: $0.bytes)
            })
        func apply(_ name: String) {
            for datagram in capture where datagram.name == name {
                for message in RouteMessage.all(in: datagram.bytes) { table.apply(message) }
            }
        }
        func value(_ path: String) -> JSON? { table.readings.first { $0.path == path }?.value }
        func addresses() -> [String] {
            value("network/v0")?["addresses"]?.array?.compactMap { $0["address"]?.string } ?? []
        }

        apply("mtu")
        #expect(value("network/v0")?["mtu"] == 1400)
        apply("address-gone")
        #expect(addresses() == ["10.0.0.1", "2001:db8::7", "fe80::ff:fe00:1"])
        apply("down")
        #expect(value("network/v0")?["state"] == "DOWN")
        #expect(value("network/v1")?["state"] == "LOWERLAYERDOWN")
        #expect(addresses() == ["10.0.0.1"])
        apply("rename")
        #expect(table.readings.map(\.path) == ["network/lo", "network/v1", "network/wan.100"])
        apply("gone")
        #expect(table.readings.map(\.path) == ["network/lo"])
    }

    @Test("notifications older than the dump end at the same truth as the dump")
    func oldNotifications() throws {
        let capture = try Fixture.capture("rtnetlink.capture")
        let dump = capture.filter { $0.name.hasPrefix("dump-links") || $0.name == "dump-addresses" }
        let before = capture.prefix { !$0.name.hasPrefix("dump") }
        let truth = LinkTable(dump.flatMap { RouteMessage.all(in: $0.bytes) })
        var table = truth
        for message in before.flatMap({ RouteMessage.all(in: $0.bytes) }) { table.apply(message) }
        #expect(table.readings == truth.readings)
    }

    @Test("a message that tells little leaves the rest as it was")
    func partialMessage() throws {
        var table = LinkTable()
        table.apply(try link(7, name: "wlan0", NetlinkBuilder.attribute(Int(IFLA_MTU), [0xDC, 5, 0, 0])))
        // What a wireless driver tells about a scan: the name, and IFLA_WIRELESS.
        table.apply(try link(7, name: "wlan0", NetlinkBuilder.attribute(Int(IFLA_WIRELESS), [1, 2, 3, 4])))
        #expect(table.readings.first?.value["mtu"] == 1500)
    }

    @Test("what a bridge tells about its ports is not about the links: one that leaves its bridge stays")
    func bridgePort() throws {
        let gone = NetlinkBuilder.message(
            Int(RTM_DELLINK),
            NetlinkBuilder.link(index: 7, family: 7, NetlinkBuilder.attribute(Int(IFLA_IFNAME), Array("eth0".utf8))))
        #expect(RouteMessage.all(in: gone).isEmpty)
    }

    @Test("a name that was given to another link is taken from the one that had it")
    func renamedWhileLost() throws {
        var table = LinkTable()
        table.apply(try link(2, name: "eth0"))
        table.apply(try link(3, name: "eth0"))
        #expect(table.readings.map { $0.value["index"] } == [3])
    }

    @Test("links that exchange their names are still two, and a name that is free can be had again")
    func exchangedNames() throws {
        var table = LinkTable()
        for (index, name) in [(2, "a"), (3, "b"), (2, "x"), (3, "a"), (2, "b")] as [(Int32, String)] {
            table.apply(try link(index, name: name))
        }
        #expect(table.readings.map(\.path) == ["network/b", "network/a"])
        table.apply(.linkGone(2))
        table.apply(try link(4, name: "b"))
        #expect(table.readings.map(\.path) == ["network/a", "network/b"])
    }

    @Test("an address that arrives before its link is shown once the link is there")
    func addressFirst() throws {
        var table = LinkTable()
        table.apply(try address(7, [192, 0, 2, 1]))
        #expect(table.readings.isEmpty)
        table.apply(try link(7, name: "eth0"))
        #expect(table.readings.first?.value["addresses"]?[0]?["address"] == "192.0.2.1")
    }

    @Test("the order of addresses does not depend on the order of messages")
    func addressOrder() throws {
        let messages = try [[192, 0, 2, 9], [10, 0, 0, 1], [192, 0, 2, 1]].map { try address(7, $0) }
        let tables = try [messages, messages.reversed()].map { LinkTable([try link(7, name: "eth0")] + $0) }
        #expect(tables[0].readings == tables[1].readings)
    }

    @Test("names are kept as bytes: what is no text has a path of its own")
    func oddNames() throws {
        var table = LinkTable()
        for (index, name) in [[0xFF], [0xFE], Array("a%b".utf8), Array("..".utf8)].enumerated() {
            table.apply(try link(Int32(index), name: name))
        }
        #expect(table.readings.map(\.path) == ["network/%FF", "network/%FE", "network/a%25b", "network/.."])
    }

    @Test("a tunnel's hardware address is the internet address at its end")
    func tunnels() {
        #expect(NetworkAddressText.hardware([192, 0, 2, 1], type: 768) == "192.0.2.1")
        #expect(NetworkAddressText.hardware([192, 0, 2, 1], type: 1) == "c0:00:02:01")
        #expect(NetworkAddressText.hardware([], type: 65534) == nil)
    }

    @Test("counters are what the kernel counted, as far as its structure goes")
    func counters() throws {
        let capture = try Fixture.capture("rtnetlink.capture")
        let links = capture.filter { $0.name == "dump-links-stats" }.flatMap { RouteMessage.all(in: $0.bytes) }
        let readings = links.compactMap { message -> Reading? in
            guard case .link(let link) = message else { return nil }
            return LinkCounters(link)?.reading
        }
        #expect(readings.map(\.path) == ["network/lo/counters", "network/v1/counters", "network/v0/counters"])
        let names = readings.first?.value.object?.map(\.name)
        #expect(
            names == [
                "rxBytes", "rxPackets", "rxErrors", "rxDropped", "txBytes", "txPackets", "txErrors", "txDropped",
                "multicast", "collisions",
            ])
        #expect(readings[2].value["txBytes"] == readings[1].value["rxBytes"])
        #expect((readings[2].value["txBytes"]?.int ?? 0) > 0)

        let short = try link(
            1, name: "old", NetlinkBuilder.attribute(Int(IFLA_STATS64), [UInt8](repeating: 1, count: 20)))
        guard case .link(let old) = short else { return }
        #expect(
            LinkCounters(old)?.reading.value == [
                "rxPackets": 0x0101_0101_0101_0101, "txPackets": 0x0101_0101_0101_0101,
            ])
    }

    @Test("a link tells whose port it is, what it stands on, and its other names")
    func relations() throws {
        let information = NetlinkBuilder.attribute(
            Int(IFLA_LINKINFO),
            NetlinkBuilder.attribute(Int(IFLA_INFO_KIND), Array("vlan\0".utf8))
                + NetlinkBuilder.attribute(
                    Int(IFLA_INFO_DATA), NetlinkBuilder.attribute(Int(IFLA_VLAN_ID), [5, 0])))
        var table = LinkTable([
            try link(1, name: "eth0", mtu),
            try link(2, name: "br0", mtu),
            try link(
                3, name: "eth0.5", mtu, number(IFLA_MASTER, 2), number(IFLA_LINK, 1), information,
                NetlinkBuilder.attribute(
                    Int(IFLA_PROP_LIST), NetlinkBuilder.attribute(Int(IFLA_ALT_IFNAME), Array("office\0".utf8)))),
        ])
        func value() -> JSON? { table.readings.last?.value }
        #expect(value()?["master"] == "br0" && value()?["parent"] == "eth0" && value()?["vlan"] == 5)
        #expect(value()?["alternativeNames"] == ["office"])

        // What a driver tells of a radio alone leaves the rest as it was; a whole message without a master takes it.
        table.apply(try link(3, name: "eth0.5"))
        #expect(value()?["master"] == "br0" && value()?["alternativeNames"] == ["office"])
        table.apply(try link(3, name: "eth0.5", mtu, number(IFLA_LINK, 1), information))
        #expect(value()?["master"] == nil && value()?["alternativeNames"] == nil && value()?["parent"] == "eth0")
    }

    @Test("a link that stands on one of another namespace has no parent here")
    func elsewhere() throws {
        let table = LinkTable([
            try link(1, name: "eth0", mtu),
            try link(2, name: "vlan5", mtu, number(IFLA_LINK, 1), number(IFLA_LINK_NETNSID, 0)),
        ])
        #expect(table.readings.last?.value["parent"] == nil)
    }

    @Test("hardware is looked at once for all messages about a link, and again with the next one")
    func hardware() throws {
        let tree = try Tree(
            manifest: """
                sys/class/net/eth0/speed = 1000
                sys/class/net/eth0/duplex = full
                sys/class/net/eth0/device/driver -> ../../../../bus/pci/drivers/igb
                sys/class/net/wlan0/speed !
                sys/class/net/wlan0/phy80211/
                """)
        var table = LinkTable([try link(1, name: "eth0"), try link(1, name: "eth0"), try link(2, name: "wlan0")])
        var looks = 0
        func look() {
            table.look { name in
                looks += 1
                return LinkHardware(name, of: Host(tree))
            }
        }
        look()
        #expect(looks == 2)
        let eth0 = table.readings.first?.value
        #expect(eth0?["speed"] == 1000 && eth0?["duplex"] == "full" && eth0?["driver"] == "igb")
        #expect(table.readings.last?.value["wireless"] == true && table.readings.last?.value["speed"] == nil)

        // The cable is pulled: the kernel tells of the link, and its files say that they know nothing.
        tree.write("sys/class/net/eth0/speed", "-1\n")
        tree.write("sys/class/net/eth0/duplex", "unknown\n")
        table.apply(try link(1, name: "eth0"))
        look()
        #expect(looks == 3)
        #expect(table.readings.first?.value["speed"] == nil && table.readings.first?.value["duplex"] == nil)
    }

    @Test("a link that is called like another thing of the network keeps out of its place")
    func takenNames() throws {
        let table = LinkTable([try link(1, name: "routes"), try link(2, name: "dns"), try link(3, name: "dns0")])
        #expect(table.readings.map(\.path) == ["network/%72outes", "network/%64ns", "network/dns0"])
    }

    /// What only a message that tells everything has.
    private var mtu: [UInt8] { number(IFLA_MTU, 1500) }

    private func number(_ type: some BinaryInteger, _ value: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(attribute: Int(type), value)
        return bytes
    }

    private func link(_ index: Int32, name: String, _ attributes: [UInt8]...) throws -> RouteMessage {
        try link(index, name: Array(name.utf8), attributes.flatMap { $0 })
    }

    private func link(_ index: Int32, name: [UInt8], _ attributes: [UInt8] = []) throws -> RouteMessage {
        let name = NetlinkBuilder.attribute(Int(IFLA_IFNAME), name + [0])
        let message = NetlinkBuilder.message(Int(RTM_NEWLINK), NetlinkBuilder.link(index: index, name, attributes))
        return try #require(RouteMessage.all(in: message).first)
    }

    private func address(_ link: Int32, _ address: [UInt8]) throws -> RouteMessage {
        let local = NetlinkBuilder.attribute(Int(IFA_LOCAL), address)
        let message = NetlinkBuilder.message(
            Int(RTM_NEWADDR), NetlinkBuilder.address(link: link, family: 2, prefixLength: 24, local))
        return try #require(RouteMessage.all(in: message).first)
    }
}
