import Glibc
import JSONText
import Handover
import NetworkSettings
import Testing

@testable import NetworkApply

@Suite("The files of a link")
struct LinkFilesTests {
    private func files(_ link: String, _ machine: Machine) throws -> LinkFiles {
        try LinkFiles(link, in: LinkInventory(disk: machine.disk))
    }

    private func plan(_ set: JSON, of link: String, _ machine: Machine) throws -> [String] {
        let files = try files(link, machine)
        let target = try (files.settings ?? LinkSettings()).merging(set, base: files.baseSettings)
        return try files.plan(for: target).files.map { "\($0.text == nil ? "-" : "+")\($0.path)" }
    }

    @Test("are changed by a drop-in where the file is the link's own")
    func dropIn() throws {
        let machine = try Machine()
        #expect(
            try plan(["mtu": 1400], of: "eth0", machine) == [
                "+/etc/systemd/network/20-uplink.network.d/90-jet.conf", "-/etc/systemd/network/05-jet-eth0.network",
            ])
    }

    @Test("get one of the link's own where there was none, found by the card's own address")
    func own() throws {
        let machine = try Machine()
        #expect(try plan(["mode": "dhcp"], of: "eth1", machine) == ["+/etc/systemd/network/05-jet-eth1.network"])
        let files = try files("eth1", machine)
        let text = try files.plan(for: LinkSettings()).files[0].text
        #expect(text?.contains("[Match]\nPermanentMACAddress=52:54:00:00:00:02\n") == true)
    }

    @Test("get one of the link's own where the file is for several, or its list cannot be shortened")
    func shared() async throws {
        let machine = try Machine()
        machine.write(
            "etc/systemd/network/20-uplink.network", "[Match]\nName=eth*\n[Network]\nDHCP=yes\nNTP=192.0.2.3\n")
        try await machine.reload()
        let own = "+/etc/systemd/network/05-jet-eth0.network"
        let none = "-/etc/systemd/network/20-uplink.network.d/90-jet.conf"
        #expect(try plan(["mtu": 1400], of: "eth0", machine) == [none, own])
        machine.write(
            "etc/systemd/network/20-uplink.network", "[Match]\nName=eth0\n[Network]\nAddress=192.0.2.7/24\n")
        try await machine.reload()
        #expect(try plan(["addresses": ["192.0.2.8/24"]], of: "eth0", machine) == [none, own])
        #expect(try plan(["addresses": ["192.0.2.7/24", "192.0.2.8/24"]], of: "eth0", machine).first?.first == "+")
    }

    @Test("go away when the settings are what they would be without them")
    func back() async throws {
        let machine = try Machine()
        for (set, path) in [
            (["mtu": 1400] as JSON, "etc/systemd/network/20-uplink.network.d/90-jet.conf"),
            (["mode": "static", "addresses": ["192.0.2.7/24"]], "etc/systemd/network/20-uplink.network.d/90-jet.conf"),
        ] {
            let pending = try #require(await machine.changer.apply(.of("eth0", set)).pending)
            _ = await machine.changer.confirm(
                ChangeRequest(id: "r2", by: Author(user: "alice"), token: pending["token"]?.string))
            #expect(machine.read(path) != nil)
            let back = await machine.changer.apply(.of("eth0", ["mode": "dhcp", "mtu": nil, "ipv6": nil]))
            let token = back.pending?["token"]?.string
            _ = await machine.changer.confirm(ChangeRequest(id: "r2", by: Author(user: "alice"), token: token))
            #expect(machine.read(path) == nil)
        }
    }

    @Test("are those that networkd reads: drop-ins by name, the same name in /etc before the one in /usr")
    func dropIns() throws {
        let machine = try Machine()
        machine.write("usr/lib/systemd/network/20-uplink.network.d/10-mtu.conf", "[Link]\nMTUBytes=1300\n")
        machine.write("run/systemd/network/20-uplink.network.d/20-dns.conf", "[Network]\nDNS=192.0.2.2\n")
        #expect(try files("eth0", machine).settings?.mtu == 1300)
        machine.write("etc/systemd/network/20-uplink.network.d/10-mtu.conf", "[Link]\nMTUBytes=1400\n")
        let settings = try #require(try files("eth0", machine).settings)
        #expect(settings.mtu == 1400)
        #expect(settings.dns.map(\.description) == ["192.0.2.2"])
    }

    @Test("that others have the last word in are left to the link's own file")
    func lastWord() throws {
        let machine = try Machine()
        machine.write("etc/systemd/network/20-uplink.network.d/99-mtu.conf", "[Link]\nMTUBytes=1300\n")
        #expect(
            try plan(["mtu": 1400], of: "eth0", machine) == [
                "-/etc/systemd/network/20-uplink.network.d/90-jet.conf", "+/etc/systemd/network/05-jet-eth0.network",
            ])
    }

    @Test("that come before any of ours are said to be in the way")
    func inTheWay() async throws {
        let machine = try Machine()
        machine.write("etc/systemd/network/00-all.network", "[Match]\nName=eth*\n[Network]\nDHCP=yes\n")
        try await machine.reload()
        let error = #expect(throws: FieldError.self) { try plan(["mtu": 1400], of: "eth0", machine) }
        #expect(error?.reason.contains("/etc/systemd/network/00-all.network comes before") == true)
    }

    @Test("are not followed where one of ours was made a symbolic link")
    func symbolicLink() async throws {
        let machine = try Machine()
        machine.make("etc/systemd/network/20-uplink.network.d")
        #expect(symlink("/dev/null", "\(machine.root)/etc/systemd/network/20-uplink.network.d/90-jet.conf") == 0)
        guard case .failed(let reason) = await machine.changer.apply(.of("eth0", ["mtu": 1400])).result else {
            Issue.record("it was written through")
            return
        }
        #expect(reason.contains("is a symbolic link"))
    }

    @Test("are shown with who decides about the link")
    func shown() async throws {
        let machine = try Machine()
        try await machine.changer.show()
        let text = try #require(machine.read("run/jet-network/links.json"))
        let shown = try #require(try JSON(parsing: text).array).compactMap(LinkView.init)
        #expect(shown.map(\.link) == ["eth0", "eth1"])
        #expect(
            shown.first?.shown.description == """
                {"mode":"dhcp","addresses":[],"gateway":null,"dns":[],"ipv6":"auto","mtu":null,"managedBy":"networkd"}
                """)
        #expect(shown.last?.shown["mode"] == .null)
        #expect(shown.last?.shown["managedBy"] == .null)
    }
}
