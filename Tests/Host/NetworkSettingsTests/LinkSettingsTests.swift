import JSONText
import NetworkSettings
import Testing

@Suite("A set of a link's settings")
struct LinkSettingsTests {
    static let present = LinkSettings(
        mode: .static, addresses: ["192.0.2.7/24"].compactMap { try? InterfaceAddress(parsing: $0) },
        gateways: ["192.0.2.1"].compactMap(InternetAddress.init), dns: ["192.0.2.2"].compactMap(InternetAddress.init),
        mtu: 1400)

    private func merging(_ change: JSON, _ settings: LinkSettings = present, base: LinkSettings = LinkSettings()) throws
        -> LinkSettings
    {
        try settings.merging(change, base: base)
    }

    @Test("changes what it names and leaves the rest")
    func partial() throws {
        let settings = try merging(["addresses": ["192.0.2.8/24"]])
        #expect(settings.addresses.map(\.description) == ["192.0.2.8/24"])
        #expect(settings.gateways == Self.present.gateways)
        #expect(settings.dns == Self.present.dns)
        #expect(settings.mtu == 1400)
    }

    @Test("takes a member back to what the files say with null")
    func null() throws {
        let base = LinkSettings(dns: [try #require(InternetAddress("9.9.9.9"))])
        let settings = try merging(["dns": nil, "mtu": nil, "gateway": nil], base: base)
        #expect(settings.dns == base.dns)
        #expect(settings.mtu == nil)
        #expect(settings.gateways.isEmpty)
    }

    @Test("to DHCP drops what was static, but for what it names")
    func toDHCP() throws {
        #expect(
            try merging(["mode": "dhcp"]) == LinkSettings(mode: .dhcp, ipv6: .auto, mtu: 1400))
        #expect(try merging(["mode": "dhcp", "dns": ["9.9.9.9"]]).dns.map(\.description) == ["9.9.9.9"])
    }

    @Test("that is empty changes nothing")
    func empty() throws {
        #expect(try merging([:]) == Self.present)
    }

    @Test("can be the whole value that is shown")
    func whole() throws {
        var shown = Self.present.members
        shown["managedBy"] = "networkd"
        #expect(
            try Self.present.merging(.object(shown), base: LinkSettings(), ignoring: ["managedBy": "networkd"])
                == Self.present)
        shown["managedBy"] = "netplan"
        #expect(throws: FieldError("managedBy", "cannot be set.")) {
            try Self.present.merging(.object(shown), base: LinkSettings(), ignoring: ["managedBy": "networkd"])
        }
    }

    @Test(
        "is refused with the field that is wrong",
        arguments: [
            ("[]", ""), ("null", ""), ("\"dhcp\"", ""), (#"{"colour":1}"#, "colour"), (#"{"Mode":"dhcp"}"#, "Mode"),
            (#"{"mode":"auto"}"#, "mode"), (#"{"mode":1}"#, "mode"), (#"{"ipv6":true}"#, "ipv6"),
            (#"{"addresses":"192.0.2.7/24"}"#, "addresses"), (#"{"addresses":[]}"#, "addresses"),
            (#"{"addresses":[1]}"#, "addresses[0]"),
            (#"{"addresses":["192.0.2.7/24","192.0.2.0/24"]}"#, "addresses[1]"),
            (#"{"addresses":["192.0.2.7/24","192.0.2.7/25"]}"#, "addresses[1]"),
            (
                #"{"addresses":["192.0.2.7/24","2001:db8::1/64"],"ipv6":"off","gateway":null,"mtu":1400}"#,
                "addresses[1]"
            ),
            (#"{"gateway":"192.0.3.1"}"#, "gateway"), (#"{"gateway":"192.0.2.7"}"#, "gateway"),
            (#"{"gateway":"192.0.2.255"}"#, "gateway"), (#"{"gateway":"192.0.2.0"}"#, "gateway"),
            (#"{"gateway":"0.0.0.0"}"#, "gateway"), (#"{"gateway":"router"}"#, "gateway"),
            (#"{"gateway":7}"#, "gateway"),
            (#"{"gateway":["192.0.2.1","192.0.2.2"]}"#, "gateway[1]"), (#"{"gateway":"2001:db8::1"}"#, "gateway"),
            (#"{"gateway":"fe80::1","ipv6":"off"}"#, "gateway"),
            (#"{"dns":"192.0.2.2"}"#, "dns"), (#"{"dns":["192.0.2.2","192.0.2.2"]}"#, "dns[1]"),
            (#"{"dns":["224.0.0.1"]}"#, "dns[0]"), (#"{"dns":["192.0.2.2:53"]}"#, "dns[0]"),
            (#"{"dns":["9.9.9.9\nGateway=6.6.6.6"]}"#, "dns[0]"),
            (#"{"mtu":67}"#, "mtu"), (#"{"mtu":1279}"#, "mtu"), (#"{"mtu":65536}"#, "mtu"), (#"{"mtu":1400.5}"#, "mtu"),
            (#"{"mtu":"1400"}"#, "mtu"), (#"{"mtu":-1}"#, "mtu"), (#"{"mtu":1e300}"#, "mtu"),
        ])
    func refused(text: String, field: String) throws {
        let change = try JSON(parsing: text)
        let error = #expect(throws: FieldError.self) { try merging(change) }
        #expect(error?.field == field)
        #expect(error?.reason.hasSuffix(".") == true)
    }

    @Test("is refused when lists are too long")
    func tooMany() {
        let addresses = (1...17).map { JSON.string("10.0.\($0).1/24") }
        let error = #expect(throws: FieldError.self) { try merging(["addresses": .array(addresses), "gateway": nil]) }
        #expect(error?.field == "addresses")
    }

    @Test("may ask for small packets once IPv6 is off")
    func smallMTU() throws {
        #expect(try merging(["mtu": 68, "ipv6": "off"]).mtu == 68)
    }

    @Test("may name a router of each family, the one of IPv6 by its address on the link")
    func bothFamilies() throws {
        let settings = try merging(["gateway": ["192.0.2.1", "fe80::1"]])
        #expect(settings.json["gateway"] == ["192.0.2.1", "fe80::1"])
        #expect(try LinkSettings(parsing: settings.json) == settings)
    }

    @Test("may name this machine as its name server")
    func localServer() throws {
        #expect(try merging(["dns": ["127.0.0.1"]]).dns.map(\.description) == ["127.0.0.1"])
    }
}
