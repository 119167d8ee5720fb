// Which settings are valid. Settings that are refused here would leave the link without a network, or the network
// manager would ignore them without notifying the user who asked for them.

extension LinkSettings {
    /// The smallest packet that every IPv4 host takes (RFC 791), and the largest that a length field can name.
    public static let mtuRange = 68...65535
    /// The smallest packet of a link that has IPv6 (RFC 8200).
    public static let smallestMTUWithIPv6 = 1280

    /// Says what is wrong with these settings.
    ///
    /// - Throws: `FieldError`, the first one found.
    public func validate() throws(FieldError) {
        try validateAddresses()
        try validateGateways()
        try validateServers()
        try validateMTU()
    }

    private func validateAddresses() throws(FieldError) {
        guard addresses.count <= Self.maximumCount else {
            throw FieldError("addresses", "must not have more than \(Self.maximumCount).")
        }
        var seen: Set<InternetAddress> = []
        for (index, address) in addresses.enumerated() {
            let field = "addresses[\(index)]"
            if let reason = address.reasonNotAssignable { throw FieldError(field, reason + ".") }
            guard seen.insert(address.address).inserted else { throw FieldError(field, "is there twice.") }
            if !address.address.isIPv4, ipv6 == .off {
                throw FieldError(field, "is an IPv6 address, and ipv6 is \"off\".")
            }
        }
        if mode == .static, addresses.isEmpty {
            throw FieldError("addresses", "must have one when mode is \"static\".")
        }
    }

    private func validateGateways() throws(FieldError) {
        for (index, gateway) in gateways.enumerated() {
            let field = gateways.count == 1 ? "gateway" : "gateway[\(index)]"
            if let reason = gateway.reasonNotAHost { throw FieldError(field, reason + ".") }
            if gateways[..<index].contains(where: { $0.isIPv4 == gateway.isIPv4 }) {
                throw FieldError(field, "is the second one of its family.")
            }
            if addresses.contains(where: { $0.address == gateway }) {
                throw FieldError(field, "is the link's own address.")
            }
            if !gateway.isIPv4, gateway.isLinkLocal {
                if ipv6 == .off { throw FieldError(field, "is an IPv6 address, and ipv6 is \"off\".") }
                continue
            }
            let isReached = addresses.contains { $0.contains(gateway) }
            guard isReached else { throw FieldError(field, "is in none of the networks of the addresses.") }
            for address in addresses where address.contains(gateway) {
                let sameNetwork = InterfaceAddress(gateway, prefixLength: address.prefixLength)
                if let reason = sameNetwork?.reasonNotAssignable { throw FieldError(field, reason + ".") }
            }
        }
    }

    private func validateServers() throws(FieldError) {
        guard dns.count <= Self.maximumCount else {
            throw FieldError("dns", "must not have more than \(Self.maximumCount).")
        }
        for (index, server) in dns.enumerated() {
            let field = "dns[\(index)]"
            // A name server on this very machine, at 127.0.0.1, is an honest wish.
            if let reason = server.reasonNotAHost, !server.isLoopback { throw FieldError(field, reason + ".") }
            if dns[..<index].contains(server) { throw FieldError(field, "is there twice.") }
        }
    }

    private func validateMTU() throws(FieldError) {
        guard let mtu else { return }
        guard Self.mtuRange.contains(mtu) else {
            throw FieldError("mtu", "must be from \(Self.mtuRange.lowerBound) to \(Self.mtuRange.upperBound).")
        }
        guard ipv6 == .off || mtu >= Self.smallestMTUWithIPv6 else {
            throw FieldError("mtu", "must be at least \(Self.smallestMTUWithIPv6) unless ipv6 is \"off\".")
        }
    }
}
