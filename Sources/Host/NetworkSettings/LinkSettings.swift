public import JSONText

/// The configuration of a network link: where its addresses come from, and which ones they are.
///
///     {"mode": "static", "addresses": ["192.0.2.7/24"], "gateway": "192.0.2.1", "dns": ["192.0.2.1"],
///      "ipv6": "auto", "mtu": null}
public struct LinkSettings: Hashable, Sendable {
    /// Where IPv4 addresses come from.
    public enum Mode: String, Hashable, Sendable, CaseIterable {
        /// From a DHCP server; addresses of the settings are had beside the leased one.
        case dhcp
        /// From the settings alone.
        case `static`
    }

    /// What is done about IPv6 beside the addresses of the settings.
    public enum IPv6: String, Hashable, Sendable, CaseIterable {
        /// Addresses and routes come from the routers of the link (RFC 4862, DHCPv6).
        case auto
        /// The link has the address that is good for the link alone; routers are not listened to.
        case linkLocal = "link-local"
        /// No address at all.
        case off
    }

    /// Where IPv4 addresses come from.
    public var mode: Mode
    /// The link's own addresses.
    public var addresses: [InterfaceAddress]
    /// The routers to the rest of the world: at most one of each family.
    public var gateways: [InternetAddress]
    /// The name servers; when there are any, those of DHCP and of routers are not used.
    public var dns: [InternetAddress]
    /// What is done about IPv6.
    public var ipv6: IPv6
    /// The largest packet in bytes; `nil` for what the driver says.
    public var mtu: Int?

    /// Settings of these parts; by default, what a machine does that has been told nothing.
    public init(
        mode: Mode = .dhcp, addresses: [InterfaceAddress] = [], gateways: [InternetAddress] = [],
        dns: [InternetAddress] = [], ipv6: IPv6 = .auto, mtu: Int? = nil
    ) {
        self.mode = mode
        self.addresses = addresses
        self.gateways = gateways
        self.dns = dns
        self.ipv6 = ipv6
        self.mtu = mtu
    }

    /// Whether both make the same of a link: the order of its addresses does not.
    public func isSame(as other: LinkSettings) -> Bool {
        var (left, right) = (self, other)
        left.addresses.sort { $0.description < $1.description }
        right.addresses.sort { $0.description < $1.description }
        return left == right
    }

    /// The settings as they stand on the bus and in files. `gateway` is `null`, one address, or a list of two: one of
    /// each family.
    public var json: JSON { .object(members) }

    /// The members of `json`.
    public var members: JSON.Object {
        var object = JSON.Object()
        object["mode"] = .string(mode.rawValue)
        object["addresses"] = .array(addresses.map { .string($0.description) })
        switch gateways.count {
        case 0: object["gateway"] = .null
        case 1: object["gateway"] = .string(gateways[0].description)
        default: object["gateway"] = .array(gateways.map { .string($0.description) })
        }
        object["dns"] = .array(dns.map { .string($0.description) })
        object["ipv6"] = .string(ipv6.rawValue)
        object["mtu"] = mtu.map { .number($0) } ?? .null
        return object
    }
}
