import JSONText
import NetworkSettings
import Testing

@Suite("A file of networkd")
struct NetworkFileTests {
    @Test("is read with its remarks, its continued lines and its white space")
    func syntax() {
        let file = NetworkFile(
            parsing: """
                # a remark
                stray=1
                [Match]
                 Name = eth0
                ; another
                [Network]
                DNS=9.9.9.9 \\
                # amid
                  1.1.1.1
                no assignment
                =nothing
                [Network]
                DHCP=yes
                """)
        #expect(
            file
                == NetworkFile([
                    .init("Match", [.init("Name", "eth0")]),
                    .init("Network", [.init("DNS", "9.9.9.9  1.1.1.1")]),
                    .init("Network", [.init("DHCP", "yes")]),
                ]))
        #expect(NetworkFile(parsing: file.text) == file)
    }

    @Test(
        "has lines where networkd sees them, and nowhere else",
        arguments: [
            ("[A]\r\nb=1\r\n", ["1"]), ("[A]\rb=1", ["1"]), ("[A]\n# remark\u{2028}b=1\n", []),
            ("[A]\n# remark\u{85}b=1\u{0C}b=2\n", []),
        ])
    func lines(text: String, values: [String]) {
        #expect(NetworkFile(parsing: text).values("b", in: "A") == values)
    }

    @Test("says what the settings are")
    func settings() throws {
        let file = NetworkFile(
            parsing: """
                [Match]
                MACAddress=52:54:00:00:00:01
                [Link]
                MTUBytes=1400
                [Network]
                DHCP=no
                Address=192.0.2.7/24
                Gateway=192.0.2.1
                DNS=9.9.9.9
                DNS=
                DNS=192.0.2.2 192.0.2.3
                LinkLocalAddressing=ipv6
                IPv6AcceptRA=no
                [Address]
                Address=192.0.2.8/24
                Label=eth0:1
                [Route]
                Destination=10.0.0.0/8
                Gateway=192.0.2.9
                [Route]
                Gateway=fe80::1
                """)
        #expect(
            file.settings.json.description == """
                {"mode":"static","addresses":["192.0.2.7/24","192.0.2.8/24"],"gateway":["192.0.2.1","fe80::1"],\
                "dns":["192.0.2.2","192.0.2.3"],"ipv6":"link-local","mtu":1400}
                """)
    }

    @Test(
        "says whether there is DHCP",
        arguments: [
            ("", false), ("DHCP=yes", true), ("DHCP=ipv4", true), ("DHCP=v4", true), ("DHCP=both", true),
            ("DHCP=true", true), ("DHCP=ipv6", false), ("DHCP=no", false), ("DHCP=yes\nDHCP=no", false),
            ("DHCP=nonsense", false),
        ])
    func dhcp(lines: String, isOn: Bool) {
        #expect(NetworkFile(parsing: "[Network]\n" + lines).settings.mode == (isOn ? .dhcp : .static))
    }

    @Test(
        "says what is done about IPv6",
        arguments: [
            ("", LinkSettings.IPv6.auto), ("IPv6AcceptRA=no", .linkLocal), ("LinkLocalAddressing=no", .off),
            ("LinkLocalAddressing=no\nIPv6AcceptRA=yes", .auto), ("LinkLocalAddressing=ipv4", .off),
            ("LinkLocalAddressing=yes\nIPv6AcceptRA=no", .linkLocal),
        ])
    func ipv6(lines: String, mode: LinkSettings.IPv6) {
        #expect(NetworkFile(parsing: "[Network]\n" + lines).settings.ipv6 == mode)
    }

    @Test("is read without trapping, whatever it holds")
    func hostile() {
        for text in [
            "[", "]", "[]", "[Link]\nMTUBytes=99999999999999999999G", "[Link]\nMTUBytes=K", "\\", "[Network]\n\\",
        ] {
            _ = NetworkFile(parsing: text).settings
        }
    }

    @Test(
        "is of one link if it names one",
        arguments: [
            ("Name=eth0", true), ("Name=en*", false), ("Name=eth0 eth1", false), ("MACAddress=52:54:00:00:00:01", true),
            ("Type=ether", false), ("Name=!eth0", false), ("PermanentMACAddress=52:54:00:00:00:01", true),
            ("Path=pci-0000:00:02.0-*", false), ("", false),
        ])
    func oneLink(line: String, isSo: Bool) {
        #expect(NetworkFile(parsing: "[Match]\n\(line)\n").isOfOneLink == isSo)
    }
}
