internal import CNetlink
internal import Glibc

/// Requests to the kernel for all objects of a kind: a *dump*.
package enum NetlinkRequest: Hashable, Sendable {
    /// All links; with their counters only on request, since these are a third of the answer.
    case links(counters: Bool)
    /// All addresses of all links.
    case addresses
    /// All routes of a family (`AF_INET`, `AF_INET6`) in a table. Without `askStrictly`, the kernel sends those of
    /// all tables.
    case routes(family: UInt8, table: UInt8)
    /// All families of generic netlink; for a socket of generic netlink.
    case genericFamilies
    /// The answer of a family of generic netlink to a command with these attributes.
    case generic(family: UInt16, command: UInt8, attributes: [UInt8] = [])

    /// The request as a datagram, with a number that identifies the answer.
    package func datagram(sequence: UInt32) -> [UInt8] {
        var body: [UInt8] = []
        let type: Int
        switch self {
        case .links(let counters):
            type = Int(RTM_GETLINK)
            body += [UInt8](repeating: 0, count: MemoryLayout<ifinfomsg>.size)
            if !counters {
                body.append(attribute: Int(IFLA_EXT_MASK), UInt32(RTEXT_FILTER_SKIP_STATS))
            }
        case .addresses:
            type = Int(RTM_GETADDR)
            body += [UInt8](repeating: 0, count: MemoryLayout<ifaddrmsg>.size)
        case .routes(let family, let table):
            type = Int(RTM_GETROUTE)
            body += [family, 0, 0, 0, table, 0, 0, 0, 0, 0, 0, 0]
        case .generic(let family, let command, let attributes):
            type = Int(family)
            body += [command, 1, 0, 0] + attributes
        case .genericFamilies:
            // A struct genlmsghdr: command, version, two reserved bytes.
            type = Int(GENL_ID_CTRL)
            body += [UInt8(CTRL_CMD_GETFAMILY), 1, 0, 0]
        }
        var datagram: [UInt8] = []
        datagram.append(native: UInt32(16 + body.count))
        datagram.append(native: UInt16(type))
        datagram.append(native: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
        datagram.append(native: sequence)
        datagram.append(native: UInt32(0))
        return datagram + body
    }
}

extension [UInt8] {
    /// Appends a number in the machine's own byte order.
    package mutating func append(native value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value) { append(contentsOf: $0) }
    }
    /// Appends an attribute that is a number of 32 bits.
    package mutating func append(attribute type: Int, _ value: UInt32) {
        append(native: UInt16(8))
        append(native: UInt16(truncatingIfNeeded: type))
        append(native: value)
    }
}
