internal import JSONText
internal import JetProtocol

/// What went through a link since it was made, by the kernel's `struct rtnl_link_stats64`.
enum LinkCounters {
    /// Where each of them stands among the structure's numbers, 64 bits each.
    private static let members: [(name: String, position: Int)] = [
        ("rxBytes", 2), ("rxPackets", 0), ("rxErrors", 4), ("rxDropped", 6),
        ("txBytes", 3), ("txPackets", 1), ("txErrors", 5), ("txDropped", 7),
        ("multicast", 8), ("collisions", 9),
    ]

    /// `network/<link>/counters`: `{rxBytes, rxPackets, rxErrors, rxDropped, txBytes, ..., multicast, collisions}`;
    /// `nil` if the message tells no counters.
    static func reading(_ link: LinkMessage) -> Reading? {
        guard let name = link.name, !name.isEmpty, let counters = link.counters else { return nil }
        var value = JSON.Object()
        for member in members {
            value[member.name] = counters.load(UInt64.self, at: member.position * 8).map { .number($0) }
        }
        return Reading(
            LinkPath.counters(name), .object(value),
            Metadata(title: "Traffic of \(String(decoding: name, as: UTF8.self))", datatype: .json))
    }
}
