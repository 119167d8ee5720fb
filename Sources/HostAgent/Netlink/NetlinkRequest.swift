internal import CNetlink
internal import Glibc

/// Requests to the kernel for everything of a kind: a *dump*.
enum NetlinkRequest: Hashable, Sendable {
    /// All links; with their counters only if asked for, since these make up a third of the answer.
    case links(counters: Bool)
    /// All addresses of all links.
    case addresses
    /// All families of generic netlink; to be asked of a socket of that.
    case genericFamilies

    /// The request as a datagram, with a number by which the answer is known.
    func datagram(sequence: UInt32) -> [UInt8] {
        var body: [UInt8] = []
        let type: Int
        switch self {
        case .links(let counters):
            type = Int(RTM_GETLINK)
            body += [UInt8](repeating: 0, count: MemoryLayout<ifinfomsg>.size)
            if !counters {
                body.append(native: UInt16(8))
                body.append(native: UInt16(IFLA_EXT_MASK))
                body.append(native: UInt32(RTEXT_FILTER_SKIP_STATS))
            }
        case .addresses:
            type = Int(RTM_GETADDR)
            body += [UInt8](repeating: 0, count: MemoryLayout<ifaddrmsg>.size)
        case .genericFamilies:
            // A struct genlmsghdr: command, version, two bytes for nothing.
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
    mutating func append(native value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value) { append(contentsOf: $0) }
    }
}
