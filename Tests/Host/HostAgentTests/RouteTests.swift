import Netlink
import CNetlink
import JSONText
import TestSupport
import Testing

@testable import AgentCore
@testable import Providers

/// How routes are read from the kernel's messages, and what they look like on the bus.
struct RouteTests {
    private static let links: [Int32: String] = [2: "eth0", 3: "wlan0"]

    @Test("a default route has its gateway, its link, and who made it")
    func defaultRoute() throws {
        let route = try route(
            destination: nil, origin: 16,
            number(RTA_OIF, 2), address(RTA_GATEWAY, [192, 0, 2, 1]), address(RTA_PREFSRC, [192, 0, 2, 7]),
            number(RTA_PRIORITY, 100))
        #expect(route.isDefault)
        #expect(
            route.value(links: Self.links) == [
                "destination": "default", "family": "inet", "gateway": "192.0.2.1", "link": "eth0", "metric": 100,
                "protocol": "dhcp", "scope": "global", "table": "main", "source": "192.0.2.7",
            ])
    }

    @Test("a network that the link is in has no gateway")
    func connected() throws {
        let route = try route(destination: ([198, 51, 100, 0], 24), scope: 253, number(RTA_OIF, 3))
        let value = route.value(links: Self.links)
        #expect(value?["destination"] == "198.51.100.0/24" && value?["scope"] == "link")
        #expect(value?["gateway"] == nil && value?["link"] == "wlan0")
    }

    @Test("several hops share the packets by their weights, and one may be down")
    func multipath() throws {
        let first = hop(link: 2, weight: 1, address(RTA_GATEWAY, [192, 0, 2, 1]))
        let second = hop(link: 3, weight: 3, flags: UInt8(RTNH_F_LINKDOWN), address(RTA_GATEWAY, [192, 0, 2, 9]))
        let route = try route(
            destination: ([10, 0, 0, 0], 8), NetlinkBuilder.attribute(Int(RTA_MULTIPATH.rawValue), first + second))
        #expect(
            route.value(links: Self.links)?["nextHops"] == [
                ["gateway": "192.0.2.1", "link": "eth0", "weight": 1],
                ["gateway": "192.0.2.9", "link": "wlan0", "down": true, "weight": 3],
            ])
        #expect(route.value(links: Self.links)?["gateway"] == nil)
    }

    @Test("an IPv4 route may go over an IPv6 neighbour")
    func via() throws {
        let neighbour = [UInt8](repeating: 0, count: 15) + [1]
        let via = NetlinkBuilder.attribute(Int(RTA_VIA.rawValue), [10, 0, 0xFE, 0x80] + neighbour.dropFirst(2))
        let route = try route(destination: nil, number(RTA_OIF, 2), via)
        #expect(route.value(links: Self.links)?["gateway"] == "fe80::1")
    }

    @Test("a route on which nothing leaves says so, and a link that nobody knows is called by its number")
    func oddities() throws {
        let hole = try route(destination: ([10, 0, 0, 0], 8), type: UInt8(RTN_BLACKHOLE))
        #expect(hole.value(links: [:])?["type"] == "blackhole" && hole.hops.isEmpty)
        let strange = try route(destination: nil, origin: 77, number(RTA_OIF, 9))
        #expect(strange.value(links: [:])?["link"] == "if9" && strange.value(links: [:])?["protocol"] == "77")
    }

    @Test("a table beyond 255 stands in an attribute")
    func wideTable() throws {
        #expect(try route(destination: nil, number(RTA_TABLE, 1000)).table == 1000)
    }

    @Test("what is remembered for one destination only, cut short or of another family is no route")
    func refused() {
        #expect(Route(NetlinkBytes(header(flags: UInt32(RTM_F_CLONED)))) == nil)
        #expect(Route(NetlinkBytes(Array(header().dropLast()))) == nil)
        #expect(Route(NetlinkBytes(header(family: 28))) == nil)
        #expect(Route(NetlinkBytes(header(prefixLength: 33))) == nil)
        #expect(Route(NetlinkBytes(header(prefixLength: 24) + address(RTA_DST, [10]))) == nil)
    }

    @Test("noise among the attributes does no harm", arguments: 1...4)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let noise = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                UInt8.random(in: 0...31, using: &random)
            }
            _ = Route(NetlinkBytes(header() + noise))?.value(links: [:])
        }
    }

    @Test("of several default routes the one with the smallest metric is taken, for each family its own")
    func defaults() throws {
        var table = RouteTable(links: Self.links)
        table.routes = [
            try route(destination: nil, number(RTA_OIF, 3), number(RTA_PRIORITY, 600)),
            try route(destination: nil, number(RTA_OIF, 2), number(RTA_PRIORITY, 100)),
            try route(destination: nil, type: UInt8(RTN_UNREACHABLE)),
            try route(destination: ([10, 0, 0, 0], 8), number(RTA_OIF, 3)),
        ]
        let value = table.readings.first { $0.path == "network/default-route" }?.value
        #expect(value?["inet"]?["link"] == "eth0" && value?["inet6"] == nil)
        #expect(RouteTable().readings.map(\.value) == [["routes": [], "truncated": false], [:]])
    }

    // MARK: - Messages

    private func route(
        destination: (address: [UInt8], prefixLength: UInt8)?, origin: UInt8 = 3, scope: UInt8 = 0, type: UInt8 = 1,
        _ attributes: [UInt8]...
    ) throws -> Route {
        var bytes = header(prefixLength: destination?.prefixLength ?? 0, origin: origin, scope: scope, type: type)
        if let destination { bytes += address(RTA_DST, destination.address) }
        return try #require(Route(NetlinkBytes(bytes + attributes.joined())))
    }

    /// A `struct rtmsg` of the main table.
    private func header(
        family: UInt8 = 2, prefixLength: UInt8 = 0, origin: UInt8 = 3, scope: UInt8 = 0, type: UInt8 = 1,
        flags: UInt32 = 0
    ) -> [UInt8] {
        var bytes: [UInt8] = [family, prefixLength, 0, 0, 254, origin, scope, type]
        bytes.append(native: flags)
        return bytes
    }

    private func hop(link: Int32, weight: UInt8, flags: UInt8 = 0, _ attributes: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(native: UInt16(8 + attributes.count))
        bytes += [flags, weight - 1]
        bytes.append(native: link)
        return bytes + attributes
    }

    private func number(_ type: rtattr_type_t, _ value: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(attribute: Int(type.rawValue), value)
        return bytes
    }

    private func address(_ type: rtattr_type_t, _ value: [UInt8]) -> [UInt8] {
        NetlinkBuilder.attribute(Int(type.rawValue), value)
    }
}
