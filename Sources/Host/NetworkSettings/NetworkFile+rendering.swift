// The two ways to make settings so: a drop-in beside the file that the link has, with what differs from it; or, where
// that cannot say it (lists only grow) or would change other links too, a file for this link alone.

extension NetworkFile {
    /// A drop-in that makes `target` of a link whose file, with all its other drop-ins, is `base`: assignments for what
    /// differs, and nothing else. Whether it succeeds, `base.merged(with:)` tells.
    public static func dropIn(making target: LinkSettings, of base: NetworkFile) -> NetworkFile {
        let present = base.settings
        var network: [Assignment] = []
        if target.mode != present.mode || target.ipv6 != present.ipv6 { network += target.protocols }
        let known = Set(present.addresses)
        network += target.addresses.filter { !known.contains($0) }.map { Assignment("Address", "\($0)") }
        network += target.gateways.filter { !present.gateways.contains($0) }.map { Assignment("Gateway", "\($0)") }
        if target.dns != present.dns { network += [Assignment("DNS", "")] + target.servers }
        var sections: [Section] = []
        if target.mtu != present.mtu, let mtu = target.mtu {
            sections.append(Section("Link", [Assignment("MTUBytes", "\(mtu)")]))
        }
        if !network.isEmpty { sections.append(Section("Network", network)) }
        if target.dns != present.dns { sections += target.serverSources }
        return NetworkFile(sections)
    }

    /// A file that makes `target` of the link that `match` means, and is in all else as `base`.
    public static func own(making target: LinkSettings, of base: NetworkFile, match: Assignment) -> NetworkFile {
        let present = base.settings
        let managed: [String: Set<String>] = [
            "Network": ["DHCP", "Address", "Gateway", "DNS", "LinkLocalAddressing", "IPv6AcceptRA"],
            "Link": ["MTUBytes"],
        ]
        var kept: [Section] = []
        for section in base.sections where section.name != "Match" {
            var section = section
            // A section of its own may say more about an address or a router: it stays if they do.
            if section.name == "Address" {
                guard let address = section.values("Address").last.flatMap(address), target.addresses.contains(address)
                else { continue }
            }
            if section.isDefaultRoute, let gateway = section.values("Gateway").last.flatMap(InternetAddress.init) {
                guard target.gateways.contains(gateway) else { continue }
            }
            let keys = managed[section.name, default: []]
            section.assignments.removeAll { keys.contains($0.key) }
            if !section.assignments.isEmpty { kept.append(section) }
        }
        let said = NetworkFile(kept).settings
        var network = target.protocols
        network += target.addresses.filter { !said.addresses.contains($0) }.map { Assignment("Address", "\($0)") }
        network += target.gateways.filter { !said.gateways.contains($0) }.map { Assignment("Gateway", "\($0)") }
        network += target.servers
        var sections = [Section("Match", [match])]
        if let mtu = target.mtu { sections.append(Section("Link", [Assignment("MTUBytes", "\(mtu)")])) }
        sections.append(Section("Network", network))
        sections += kept
        if target.dns != present.dns { sections += target.serverSources }
        return NetworkFile(sections)
    }

    /// Whether the file can mean one link alone: its `[Match]` names one, without patterns.
    public var isOfOneLink: Bool {
        let identities: Set<String> = ["Name", "OriginalName", "MACAddress", "PermanentMACAddress", "Path"]
        return sections.contains { section in
            section.name == "Match"
                && section.assignments.contains { assignment in
                    identities.contains(assignment.key) && !assignment.value.isEmpty
                        && !assignment.value.contains { "*?[! ".contains($0) }
                }
        }
    }
}

extension LinkSettings {
    /// What brings addresses beside those of the settings.
    fileprivate var protocols: [NetworkFile.Assignment] {
        let dhcp =
            switch (mode, ipv6) {
            case (.dhcp, .auto): "yes"
            case (.dhcp, _): "ipv4"
            case (.static, _): "no"
            }
        return [
            .init("DHCP", dhcp), .init("LinkLocalAddressing", ipv6 == .off ? "no" : "ipv6"),
            .init("IPv6AcceptRA", ipv6 == .auto ? "yes" : "no"),
        ]
    }

    fileprivate var servers: [NetworkFile.Assignment] { dns.map { .init("DNS", "\($0)") } }

    /// Whether the name servers that DHCP and routers tell of are used, too.
    fileprivate var serverSources: [NetworkFile.Section] {
        let use = NetworkFile.Assignment("UseDNS", dns.isEmpty ? "yes" : "no")
        return ["DHCPv4", "DHCPv6", "IPv6AcceptRA"].map { .init($0, [use]) }
    }
}
