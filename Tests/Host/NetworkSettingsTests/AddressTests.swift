import NetworkSettings
import Testing

@Suite("Addresses")
struct AddressTests {
    @Test(
        "are read and written in their canonical form",
        arguments: [
            ("192.0.2.7/24", "192.0.2.7/24"), ("10.0.0.1/31", "10.0.0.1/31"), ("10.0.0.1/32", "10.0.0.1/32"),
            ("2001:DB8:0:0::7/64", "2001:db8::7/64"), ("fe80::1/64", "fe80::1/64"),
        ])
    func canonical(text: String, written: String) throws {
        #expect(try InterfaceAddress(parsing: text).description == written)
    }

    @Test(
        "are not read from anything else",
        arguments: [
            "", "/", "192.0.2.7", "192.0.2.7/", "192.0.2.7/33", "192.0.2.7/-1", "192.0.2.7/+8", "192.0.2.7/08",
            "192.0.2.7/24/24", "192.0.2/24", "192.0.2.256/24", "0300.0.2.7/24", " 192.0.2.7/24", "192.0.2.7 /24",
            "2001:db8::7/129", "2001:db8:::7/64", "fe80::1%eth0/64", "192.0.2.7\0/24", "192.0.2.7/24\nDHCP=yes",
            "192.0.2.7/٢٤", "host/24",
        ])
    func malformed(text: String) {
        #expect(throws: InterfaceAddress.Malformed.self) { try InterfaceAddress(parsing: text) }
    }

    @Test(
        "that no link can have are told why",
        arguments: [
            ("192.0.2.0/24", "is the address of the network itself, not of a host in it"),
            ("192.0.2.255/24", "is the broadcast address of its network"),
            ("192.0.2.4/30", "is the address of the network itself, not of a host in it"),
            ("192.0.2.7/30", "is the broadcast address of its network"),
            ("0.0.0.0/24", "is the unspecified address"), ("0.1.2.3/8", "is in 0.0.0.0/8, which no host can have"),
            ("127.0.0.2/8", "is a loopback address"), ("224.0.0.5/24", "is a multicast address"),
            ("239.255.0.1/16", "is a multicast address"), ("240.0.0.1/8", "is a reserved address"),
            ("255.255.255.255/32", "is the broadcast address"),
            ("192.0.2.7/0", "must have a prefix length of at least 1"),
            ("::/64", "is the unspecified address"), ("::1/128", "is a loopback address"),
            ("ff02::1/64", "is a multicast address"),
            ("::ffff:192.0.2.7/96", "is an IPv4 address written as IPv6; write it as IPv4"),
        ])
    func notAssignable(text: String, reason: String) throws {
        #expect(try InterfaceAddress(parsing: text).reasonNotAssignable == reason)
    }

    @Test(
        "of point-to-point networks and of IPv6 need no address left over",
        arguments: ["192.0.2.0/31", "192.0.2.1/31", "192.0.2.0/32", "192.0.2.255/32", "2001:db8::/64"])
    func assignable(text: String) throws {
        #expect(try InterfaceAddress(parsing: text).reasonNotAssignable == nil)
    }

    @Test("know who is in their network")
    func contains() throws {
        let address = try InterfaceAddress(parsing: "192.0.2.7/25")
        #expect(address.contains(try #require(InternetAddress("192.0.2.127"))))
        #expect(!address.contains(try #require(InternetAddress("192.0.2.128"))))
        #expect(!address.contains(try #require(InternetAddress("2001:db8::1"))))
    }
}
