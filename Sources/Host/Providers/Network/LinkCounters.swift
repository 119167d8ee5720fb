internal import AgentCore
internal import Files
internal import Netlink
internal import JSONText
internal import JetProtocol

/// The traffic of a link since it was created, from the kernel's `struct rtnl_link_stats64`.
struct LinkCounters {
    private let name: [UInt8]
    private let counters: NetlinkBytes

    /// Where each of them stands among the structure's numbers, 64 bits each.
    private static let members: [(name: String, position: Int)] = [
        ("rxBytes", 2), ("rxPackets", 0), ("rxErrors", 4), ("rxDropped", 6),
        ("txBytes", 3), ("txPackets", 1), ("txErrors", 5), ("txDropped", 7),
        ("multicast", 8), ("collisions", 9),
    ]
    /// The counters whose rates are published, too.
    private static let measured: [(name: String, position: Int)] = [
        ("rxBytes", 2), ("rxPackets", 0), ("txBytes", 3), ("txPackets", 1),
    ]

    /// The counters that a message contains; `nil` if it contains none.
    init?(_ link: LinkMessage) {
        guard let name = link.name, !name.isEmpty, let counters = link.counters else { return nil }
        self.name = name
        self.counters = counters
    }

    /// `network/<link>/counters`: `{rxBytes, rxPackets, rxErrors, rxDropped, txBytes, ..., multicast, collisions}`
    var reading: Reading {
        var value = JSON.Object()
        for member in Self.members { value[member.name] = counter(member.position).map { .number($0) } }
        return Reading(
            LinkPath.counters(name), .object(value), Metadata(title: "Traffic of \(title)", datatype: .json))
    }

    /// The values of the counters whose rates are published.
    var measured: [UInt64] { Self.measured.map { counter($0.position) ?? 0 } }

    /// `network/<link>/rates`: `{rxBytes, rxPackets, txBytes, txPackets}`, each per second.
    func rates(_ rates: [Double]) -> Reading {
        var value = JSON.Object()
        for (member, rate) in zip(Self.measured, rates) { value[member.name] = RateMeter.rounded(rate) }
        return Reading(
            LinkPath.rates(name), .object(value),
            Metadata(title: "Throughput of \(title)", unit: "1/s", datatype: .json))
    }

    private var title: String { FilePath(name).text }

    private func counter(_ position: Int) -> UInt64? { counters.load(UInt64.self, at: position * 8) }
}
