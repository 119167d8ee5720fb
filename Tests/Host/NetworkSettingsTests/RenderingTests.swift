import JSONText
import NetworkSettings
import Testing

@Suite("Files that make settings so")
struct RenderingTests {
    /// Files as people write them.
    static let bases = [
        "", "[Match]\nName=eth0\n[Network]\nDHCP=yes\n", "[Match]\nName=en*\n[Network]\nDHCP=ipv4\nNTP=192.0.2.3\n",
        """
        [Match]
        Name=eth0
        [Link]
        MTUBytes=1400
        RequiredForOnline=no
        [Network]
        Address=192.0.2.7/24
        Gateway=192.0.2.1
        DNS=192.0.2.2
        VLAN=vlan7
        [Address]
        Address=192.0.2.8/24
        Label=eth0:1
        [Route]
        Gateway=192.0.2.1
        Metric=2000
        [Route]
        Destination=10.0.0.0/8
        Gateway=192.0.2.9
        [DHCPv4]
        RouteMetric=10
        """,
    ].map(NetworkFile.init(parsing:))

    /// Settings of many kinds.
    static let targets: [LinkSettings] = {
        let sets: [JSON] = [
            ["mode": "dhcp"], ["mode": "dhcp", "dns": ["9.9.9.9", "2620:fe::fe"]], ["mode": "dhcp", "ipv6": "off"],
            ["mode": "dhcp", "mtu": 1280], ["mode": "static", "addresses": ["192.0.2.8/24"]],
            ["mode": "static", "addresses": ["192.0.2.8/24"], "gateway": "192.0.2.1", "dns": ["192.0.2.2"]],
            ["mode": "static", "addresses": ["192.0.2.7/24", "192.0.2.8/24"], "gateway": "192.0.2.5", "mtu": 1400],
            ["mode": "static", "addresses": ["2001:db8::7/64"], "gateway": "fe80::1", "ipv6": "link-local"],
            [
                "mode": "static", "addresses": ["192.0.2.7/24", "2001:db8::7/64"],
                "gateway": ["192.0.2.1", "2001:db8::1"],
            ],
            ["mode": "static", "addresses": ["10.1.2.3/31"], "gateway": "10.1.2.2", "ipv6": "off", "mtu": 68],
        ]
        return sets.compactMap { try? LinkSettings().merging($0, base: LinkSettings()) }
    }()

    static let match = NetworkFile.Assignment("PermanentMACAddress", "52:54:00:00:00:01")

    @Test("for one link alone say exactly that", arguments: bases, targets)
    func own(base: NetworkFile, target: LinkSettings) {
        let file = NetworkFile.own(making: target, of: base, match: Self.match)
        let read = NetworkFile(parsing: file.text)
        #expect(read.settings.isSame(as: target))
        #expect(read.values("PermanentMACAddress", in: "Match") == ["52:54:00:00:00:01"])
        #expect(read.values("Name", in: "Match").isEmpty)
    }

    @Test("beside another file say exactly that, or are seen not to", arguments: bases, targets)
    func dropIn(base: NetworkFile, target: LinkSettings) {
        let file = NetworkFile.dropIn(making: target, of: base)
        let read = base.merged(with: NetworkFile(parsing: file.text)).settings
        // Lists of addresses and routers only grow, and nothing takes an MTU back.
        let canGrow =
            Set(base.settings.addresses).isSubset(of: target.addresses)
            && (base.settings.gateways.isEmpty || base.settings.gateways == target.gateways)
            && (target.mtu != nil || base.settings.mtu == nil)
        #expect(read.isSame(as: target) == canGrow, "\(file.text)")
    }

    @Test("are empty when there is nothing to change", arguments: bases)
    func nothing(base: NetworkFile) {
        #expect(NetworkFile.dropIn(making: base.settings, of: base).sections.isEmpty)
    }

    @Test("for one link alone keep all else that the link's file says")
    func kept() throws {
        let target = try LinkSettings().merging(
            ["mode": "static", "addresses": ["192.0.2.8/24"], "gateway": "192.0.2.1"], base: LinkSettings())
        let text = NetworkFile.own(making: target, of: Self.bases[3], match: Self.match).text
        #expect(
            text == """
                [Match]
                PermanentMACAddress=52:54:00:00:00:01

                [Network]
                DHCP=no
                LinkLocalAddressing=ipv6
                IPv6AcceptRA=yes

                [Link]
                RequiredForOnline=no

                [Network]
                VLAN=vlan7

                [Address]
                Address=192.0.2.8/24
                Label=eth0:1

                [Route]
                Gateway=192.0.2.1
                Metric=2000

                [Route]
                Destination=10.0.0.0/8
                Gateway=192.0.2.9

                [DHCPv4]
                RouteMetric=10

                [DHCPv4]
                UseDNS=yes

                [DHCPv6]
                UseDNS=yes

                [IPv6AcceptRA]
                UseDNS=yes

                """)
    }

    @Test("with name servers of their own use no others")
    func servers() throws {
        let target = try LinkSettings().merging(["dns": ["9.9.9.9"]], base: LinkSettings())
        let file = NetworkFile.dropIn(making: target, of: Self.bases[1])
        #expect(
            file.text == """
                [Network]
                DNS=
                DNS=9.9.9.9

                [DHCPv4]
                UseDNS=no

                [DHCPv6]
                UseDNS=no

                [IPv6AcceptRA]
                UseDNS=no

                """)
    }
}
