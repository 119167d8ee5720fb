internal import AgentCore
internal import CNetlink
internal import Glibc
internal import JSONText
internal import JetProtocol

/// The main table's routes at one moment.
struct RouteTable: Hashable, Sendable {
    /// The routes, in the kernel's order: IPv4 before IPv6, and within each by destination, the default route first.
    var routes: [Route] = []
    /// Whether there are more.
    var isTruncated = false
    /// The names of links by their numbers.
    var links: [Int32: String] = [:]

    /// `network/routes` and `network/default-route`.
    var readings: [Reading] {
        [
            Reading(
                "network/routes",
                [
                    "routes": .array(routes.compactMap { $0.value(links: links) }),
                    "truncated": .boolean(isTruncated),
                ],
                Metadata(title: "Routes", datatype: .json)),
            Reading(
                "network/default-route", .object(defaults), Metadata(title: "Default routes", datatype: .json)),
        ]
    }

    /// `{inet?, inet6?}`: of each family the default route that is taken, which is the one with the smallest metric.
    private var defaults: JSON.Object {
        var value = JSON.Object()
        for family in [UInt8(AF_INET), UInt8(AF_INET6)] {
            let candidates = routes.filter { $0.family == family && $0.isDefault && $0.type == UInt8(RTN_UNICAST) }
            guard let best = candidates.min(by: { $0.metric < $1.metric }) else { continue }
            value[best.familyWord] = best.value(links: links)
        }
        return value
    }
}
