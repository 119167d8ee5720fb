internal import AgentCore
internal import Moments
internal import JSONText
internal import JetProtocol
internal import Systemd

/// A link as systemd-networkd sees it, by org.freedesktop.network1(5): `network/<link>/networkd`.
struct ManagedLink: Hashable, Sendable {
    /// An address by DHCP.
    struct Lease: Hashable, Sendable {
        /// The address.
        let address: String
        /// How many bits of it name the network.
        let prefixLength: Int
        /// Who leased it.
        let server: String?
        /// Until when, in seconds of the system's clock; `nil` for ever.
        let expiry: Int?
    }

    /// The link's name.
    let name: String
    /// What it says of the link in words, such as `OperationalState`.
    let states: [String: String]
    /// The file that it configures the link by.
    var file: String?
    /// What it has by DHCP over IPv4.
    var lease: Lease?

    /// The properties of interface `org.freedesktop.network1.Link` that are published, and their names here.
    private static let members = [
        ("AdministrativeState", "administrativeState"), ("OperationalState", "operationalState"),
        ("CarrierState", "carrierState"), ("AddressState", "addressState"), ("IPv4AddressState", "ipv4AddressState"),
        ("IPv6AddressState", "ipv6AddressState"), ("OnlineState", "onlineState"),
    ]

    /// A link with these properties.
    init(_ name: String, _ properties: [String: DBusValue]) {
        self.name = name
        states = properties.compactMapValues(\.string)
    }

    /// Whether it is configured by systemd-networkd.
    var isManaged: Bool { states["AdministrativeState"].map { $0 != "unmanaged" && $0 != "pending" } ?? false }

    /// Takes what the link's `Describe` says, a text of JSON.
    ///
    /// - Parameters:
    ///   - description: The text.
    ///   - now: The time in seconds by the system's clock, and by CLOCK_BOOTTIME, in which lifetimes are given.
    mutating func take(_ description: String, now: (wall: Double, boot: Double)) {
        guard let value = try? JSON(parsing: description) else { return }
        file = value["NetworkFile"]?.string
        lease = value["Addresses"]?.array?.lazy.compactMap { Self.lease($0, now) }.first
    }

    private static func lease(_ value: JSON, _ now: (wall: Double, boot: Double)) -> Lease? {
        guard value["ConfigSource"]?.string == "DHCPv4", let address = address(value["Address"]),
            let prefixLength = value["PrefixLength"]?.int
        else { return nil }
        // It was spelt otherwise up to 254.
        let lifetime = (value["ValidLifetimeUSec"] ?? value["ValidLifetimeUsec"])?.int
        let expiry = lifetime.map { now.wall + Double($0) / 1e6 - now.boot }
        return Lease(
            address: address, prefixLength: prefixLength, server: Self.address(value["ConfigProvider"]),
            expiry: expiry.flatMap { Int(exactly: $0.rounded()) })
    }

    private static func address(_ value: JSON?) -> String? {
        guard let bytes = value?.array?.map({ $0.int.flatMap { UInt8(exactly: $0) } }), !bytes.contains(nil) else {
            return nil
        }
        return NetworkAddressText.internet(bytes.compactMap(\.self))
    }

    /// `{administrativeState, operationalState, carrierState, addressState, ipv4AddressState, ipv6AddressState,
    /// onlineState, networkFile?, lease?: {address, prefixLength, server?, expires?}}`
    var reading: Reading {
        var value = JSON.Object()
        for (property, member) in Self.members { value[member] = states[property].map(JSON.string) }
        value["networkFile"] = file.map(JSON.string)
        value["lease"] = lease.map { lease in
            var value: JSON.Object = [
                "address": .string(lease.address), "prefixLength": .number(lease.prefixLength),
            ]
            value["server"] = lease.server.map(JSON.string)
            value["expires"] = lease.expiry.map(Moment.text).flatMap { $0.isEmpty ? nil : .string($0) }
            return .object(value)
        }
        return Reading(
            LinkPath.networkd(Array(name.utf8)), .object(value),
            Metadata(title: "systemd-networkd on \(name)", datatype: .json))
    }

    /// This link, with the expiry of `earlier` if it is the same but for a trembling of clocks.
    func steadied(by earlier: ManagedLink?) -> ManagedLink {
        guard let lease, let before = earlier?.lease, let expiry = lease.expiry, let expiryBefore = before.expiry,
            lease.address == before.address, (-2...2).contains(expiry - expiryBefore)
        else { return self }
        var link = self
        link.lease = Lease(
            address: lease.address, prefixLength: lease.prefixLength, server: lease.server, expiry: expiryBefore)
        return link
    }
}
