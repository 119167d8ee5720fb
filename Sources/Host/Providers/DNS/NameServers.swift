internal import AgentCore
internal import JSONText
internal import JetProtocol
internal import Systemd

/// Whom the host asks for names, and what it appends to short ones: `network/dns`.
struct NameServers: Hashable, Sendable {
    /// Somebody who is asked.
    struct Server: Hashable, Sendable {
        /// An IPv4 or IPv6 address.
        var address: String
        /// The link that it belongs to.
        var link: String?
        /// Its port, if it is not 53.
        var port: Int?
        /// Its name, by which its certificate is checked.
        var name: String?
    }

    /// A domain that is searched.
    struct Domain: Hashable, Sendable {
        /// Its name.
        var name: String
        /// The link that it belongs to.
        var link: String?
        /// Whether it only says which server is asked for which names, and is not appended.
        var isRouteOnly = false
    }

    /// Who says so: `systemd-resolved` or `resolv.conf`.
    let source: String
    /// In the order in which they are asked.
    var servers: [Server] = []
    /// In the order in which they are tried.
    var domains: [Domain] = []

    /// `{source, servers: [{address, link?, port?, name?}], domains: [{domain, link?, routeOnly?}]}`
    var reading: Reading {
        let servers = servers.map { server in
            var value: JSON.Object = ["address": .string(server.address)]
            value["link"] = server.link.map(JSON.string)
            value["port"] = server.port.map { .number($0) }
            value["name"] = server.name.map(JSON.string)
            return JSON.object(value)
        }
        let domains = domains.map { domain in
            var value: JSON.Object = ["domain": .string(domain.name)]
            value["link"] = domain.link.map(JSON.string)
            if domain.isRouteOnly { value["routeOnly"] = true }
            return JSON.object(value)
        }
        return Reading(
            "network/dns",
            ["source": .string(source), "servers": .array(servers), "domains": .array(domains)],
            Metadata(title: "Name servers", datatype: .json))
    }

    /// What resolv.conf(5) says. The last `search` or `domain` counts.
    init(resolvConf text: String) {
        source = "resolv.conf"
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let key = words.first else { continue }
            switch key {
            case "nameserver": if words.count > 1 { servers.append(Server(address: String(words[1]))) }
            // The root alone, as systemd-resolved writes it, is nothing to append.
            case "search": domains = words.dropFirst().filter { $0 != "." }.map { Domain(name: String($0)) }
            case "domain": domains = words.dropFirst().prefix(1).map { Domain(name: String($0)) }
            default: break
            }
        }
    }

    /// What org.freedesktop.resolve1(5) says: its properties `DNSEx`, `a(iiayqs)`, and `Domains`, `a(isb)`.
    ///
    /// - Parameter link: The name of the link of this number.
    init(resolved servers: DBusValue, _ domains: DBusValue, link: (Int) -> String?) {
        source = "systemd-resolved"
        self.servers = (servers.array ?? []).compactMap { entry in
            guard let parts = entry.structure, parts.count == 5, let index = parts[0].int,
                let bytes = parts[2].array?.compactMap({ $0.int.flatMap { UInt8(exactly: $0) } }),
                let address = NetworkAddressText.internet(bytes)
            else { return nil }
            let port = parts[3].int.flatMap { $0 == 0 || $0 == 53 ? nil : $0 }
            let name = parts[4].string.flatMap { $0.isEmpty ? nil : $0 }
            return Server(address: address, link: link(index), port: port, name: name)
        }
        self.domains = (domains.array ?? []).compactMap { entry in
            guard let parts = entry.structure, parts.count == 3, let index = parts[0].int, let name = parts[1].string
            else { return nil }
            return Domain(name: name, link: link(index), isRouteOnly: parts[2].bool ?? false)
        }
    }
}
