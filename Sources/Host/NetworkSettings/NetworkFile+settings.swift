// What a file means for the settings that can be changed, in the words of systemd.network(5) and as systemd 252 reads
// it: an empty `DNS=` forgets the name servers before it, but an empty `Address=`, `Gateway=` or `MTUBytes=` is an error
// that is passed over, so that lists of addresses only grow.

extension NetworkFile {
    /// The settings that the file makes. Addresses and servers that are not understood (a pool such as `0.0.0.0/24`, a
    /// server with a port) are left out.
    public var settings: LinkSettings {
        LinkSettings(
            mode: isDHCP ? .dhcp : .static, addresses: addresses, gateways: gateways, dns: servers, ipv6: ipv6,
            mtu: mtu)
    }

    private var isDHCP: Bool {
        switch last("DHCP", in: "Network")?.lowercased() {
        case "ipv4", "v4", "both": true
        case let word?: Self.boolean(word) ?? false
        case nil: false
        }
    }

    private var addresses: [InterfaceAddress] {
        var addresses: [InterfaceAddress] = []
        for section in sections where section.name == "Network" || section.name == "Address" {
            for value in section.values("Address") {
                guard let address = Self.address(value), !addresses.contains(address) else { continue }
                addresses.append(address)
            }
        }
        return addresses
    }

    /// An address as `Address=` has it: without a prefix length, it is a network of its own.
    static func address(_ text: String) -> InterfaceAddress? {
        if let address = try? InterfaceAddress(parsing: text) { return address }
        return InternetAddress(text).flatMap { InterfaceAddress($0, prefixLength: $0.bitCount) }
    }

    private var gateways: [InternetAddress] {
        var gateways: [InternetAddress] = []
        for section in sections where section.name == "Network" || section.isDefaultRoute {
            for gateway in section.values("Gateway").compactMap(InternetAddress.init) {
                // Of several of a family the first is the one that is shown.
                if !gateways.contains(where: { $0.isIPv4 == gateway.isIPv4 }) { gateways.append(gateway) }
            }
        }
        return gateways.sorted { $0.isIPv4 && !$1.isIPv4 }
    }

    private var servers: [InternetAddress] {
        var servers: [InternetAddress] = []
        for value in values("DNS", in: "Network") {
            if value.isEmpty { servers = [] }
            for word in value.split(separator: " ") {
                guard let server = InternetAddress(String(word)), !servers.contains(server) else { continue }
                servers.append(server)
            }
        }
        return servers
    }

    private var ipv6: LinkSettings.IPv6 {
        let isLinkLocal: Bool
        switch last("LinkLocalAddressing", in: "Network")?.lowercased() {
        case nil, "ipv6": isLinkLocal = true
        case "ipv4", "fallback", "ipv4-fallback": isLinkLocal = false
        case let word?: isLinkLocal = Self.boolean(word) ?? true
        }
        let isListening = last("IPv6AcceptRA", in: "Network").flatMap(Self.boolean)
        if isListening ?? isLinkLocal { return .auto }
        return isLinkLocal ? .linkLocal : .off
    }

    private var mtu: Int? {
        values("MTUBytes", in: "Link").compactMap { Self.size($0) }.last
    }

    private func last(_ key: String, in section: String) -> String? {
        values(key, in: section).last { !$0.isEmpty }
    }

    /// A truth value as systemd.syntax(7) has them.
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "yes", "y", "true", "t", "on": true
        case "0", "no", "n", "false", "f", "off": false
        default: nil
        }
    }

    /// A number of bytes, with a suffix to the base of 1024 or none.
    private static func size(_ text: String) -> Int? {
        let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30]
        guard let suffix = text.last, let shift = shifts[suffix] else { return Int(text) }
        guard let number = Int(text.dropLast()), (0...65535).contains(number) else { return nil }
        return number << shift
    }
}

extension NetworkFile.Section {
    /// Whether it is a route to everywhere.
    var isDefaultRoute: Bool {
        name == "Route" && values("Destination").allSatisfy { $0.isEmpty || $0 == "0.0.0.0/0" || $0 == "::/0" }
    }
}
