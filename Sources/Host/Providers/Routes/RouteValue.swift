internal import AgentCore
internal import CNetlink
internal import Glibc
internal import JSONText

// What a route looks like on the bus. The words are those that ip(8) prints.

extension Route {
    /// `{destination, family, type?, gateway?, link?, metric, protocol, scope, table, source?, down?, nextHops?}`: with
    /// several hops, `nextHops` is a list of `{gateway?, link?, weight, down?}` and the route itself has none.
    ///
    /// - Parameter links: The names of links by their numbers.
    func value(links: [Int32: String]) -> JSON? {
        guard let address = NetworkAddressText.internet(destination) else { return nil }
        var value = JSON.Object()
        value["destination"] = isDefault ? "default" : .string("\(address)/\(prefixLength)")
        value["family"] = .string(familyWord)
        if type != UInt8(RTN_UNICAST) { value["type"] = .string(Self.typeWord(type)) }
        if hops.count == 1, let hop = hops.first { hop.describe(in: &value, links) }
        value["metric"] = .number(metric)
        value["protocol"] = .string(Self.originWord(origin))
        value["scope"] = .string(AddressMessage.scopeWord(scope))
        value["table"] = .string(table == UInt32(RT_TABLE_MAIN.rawValue) ? "main" : String(table))
        value["source"] = source.flatMap(NetworkAddressText.internet).map(JSON.string)
        if hops.count > 1 {
            value["nextHops"] = .array(
                hops.map { hop in
                    var value = JSON.Object()
                    hop.describe(in: &value, links)
                    value["weight"] = .number(hop.weight)
                    return .object(value)
                })
        }
        return .object(value)
    }

    /// `inet` or `inet6`
    var familyWord: String { family == UInt8(AF_INET) ? "inet" : "inet6" }

    private static func typeWord(_ type: UInt8) -> String {
        let words = [
            "unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit",
            "throw", "nat", "xresolve",
        ]
        return words.indices.contains(Int(type)) ? words[Int(type)] : String(type)
    }

    /// Who makes routes, by iproute2's rt_protos.
    private static func originWord(_ origin: UInt8) -> String {
        let words: [UInt8: String] = [
            0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra", 10: "mrt",
            11: "zebra", 12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp", 18: "keepalived", 42: "babel",
            186: "bgp", 187: "isis", 188: "ospf", 189: "rip", 192: "eigrp",
        ]
        return words[origin] ?? String(origin)
    }
}

extension Route.Hop {
    /// Notes `gateway`, `link` and `down` as far as there are such.
    fileprivate func describe(in value: inout JSON.Object, _ links: [Int32: String]) {
        value["gateway"] = gateway.flatMap(NetworkAddressText.internet).map(JSON.string)
        value["link"] = link.map { .string(links[$0] ?? "if\($0)") }
        if isDown { value["down"] = true }
    }
}
