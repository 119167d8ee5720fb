internal import AgentCore
internal import Netlink
internal import CNetlink
internal import Glibc

/// One way on which packets leave: a `struct rtmsg` and attributes.
///
/// Source of fact: include/uapi/linux/rtnetlink.h of the kernel.
struct Route: Hashable, Sendable {
    /// A neighbour to whom packets are given.
    struct Hop: Hashable, Sendable {
        /// Its address; `nil` if who the packet is for is reached directly.
        var gateway: [UInt8]?
        /// The number of the link that leads to it.
        var link: Int32?
        /// Its share of the packets, among several.
        var weight = 1
        /// Whether the link is without carrier or the neighbour is not to be reached by it.
        var isDown = false
    }

    /// `AF_INET` or `AF_INET6`.
    let family: UInt8
    /// Whereto: an address of 4 or 16 bytes.
    let destination: [UInt8]
    /// How many bits of it count; none for the default route.
    let prefixLength: UInt8
    /// Which table it is in: `RT_TABLE_MAIN`, ...
    let table: UInt32
    /// Who made it, as `RTPROT_...`.
    let origin: UInt8
    /// How far it reaches, as `RT_SCOPE_...`.
    let scope: UInt8
    /// What becomes of the packets, as `RTN_...`.
    let type: UInt8
    /// Of several routes the one with the smallest is taken.
    let metric: UInt32
    /// The address that packets are sent from.
    let source: [UInt8]?
    /// To whom: several share the packets.
    let hops: [Hop]

    /// What a message of type `RTM_NEWROUTE` says; `nil` if it is not of the internet, or only remembered for a while
    /// (a route that was found for one destination).
    init?(_ payload: NetlinkBytes) {
        guard let family = payload.load(UInt8.self, at: 0), let prefixLength = payload.load(UInt8.self, at: 1),
            let table = payload.load(UInt8.self, at: 4), let origin = payload.load(UInt8.self, at: 5),
            let scope = payload.load(UInt8.self, at: 6), let type = payload.load(UInt8.self, at: 7),
            let flags = payload.load(UInt32.self, at: 8), family == UInt8(AF_INET) || family == UInt8(AF_INET6),
            flags & UInt32(RTM_F_CLONED) == 0
        else { return nil }
        let length = family == UInt8(AF_INET) ? 4 : 16
        var destination = [UInt8](repeating: 0, count: length)
        var wideTable: UInt32?
        var metric: UInt32 = 0
        var source: [UInt8]?
        var single = Hop(isDown: Self.isDown(flags))
        var several: [Hop] = []
        for attribute in NetlinkAttributes(payload.suffix(from: MemoryLayout<rtmsg>.size)) {
            let value = attribute.payload
            switch attribute.type {
            case Int(RTA_DST.rawValue): destination = value.array
            case Int(RTA_TABLE.rawValue): wideTable = value.load(UInt32.self, at: 0)
            case Int(RTA_PRIORITY.rawValue): metric = value.load(UInt32.self, at: 0) ?? 0
            case Int(RTA_PREFSRC.rawValue): source = value.array
            case Int(RTA_OIF.rawValue): single.link = value.load(Int32.self, at: 0)
            case Int(RTA_GATEWAY.rawValue): single.gateway = value.array
            case Int(RTA_VIA.rawValue): single.gateway = value.suffix(from: 2).array
            case Int(RTA_MULTIPATH.rawValue): several = Self.hops(value)
            default: break
            }
        }
        guard destination.count == length, Int(prefixLength) <= length * 8 else { return nil }
        self.family = family
        self.destination = destination
        self.prefixLength = prefixLength
        self.table = wideTable ?? UInt32(table)
        self.origin = origin
        self.scope = scope
        self.type = type
        self.metric = metric
        self.source = source
        let hasSingle = single.link != nil || single.gateway != nil
        hops = several.isEmpty ? (hasSingle ? [single] : []) : several
    }

    /// Whether it takes what no other route does.
    var isDefault: Bool { prefixLength == 0 }

    /// A list of `struct rtnexthop`, each with attributes.
    private static func hops(_ bytes: NetlinkBytes) -> [Hop] {
        var hops: [Hop] = []
        var rest = bytes
        let headerSize = MemoryLayout<rtnexthop>.size
        while let length = rest.load(UInt16.self, at: 0).map(Int.init), length >= headerSize,
            let flags = rest.load(UInt8.self, at: 2), let weight = rest.load(UInt8.self, at: 3),
            let link = rest.load(Int32.self, at: 4), let attributes = rest.slice(headerSize..<length)
        {
            var hop = Hop(link: link, weight: Int(weight) + 1, isDown: isDown(UInt32(flags)))
            for attribute in NetlinkAttributes(attributes) {
                switch attribute.type {
                case Int(RTA_GATEWAY.rawValue): hop.gateway = attribute.payload.array
                case Int(RTA_VIA.rawValue): hop.gateway = attribute.payload.suffix(from: 2).array
                default: break
                }
            }
            hops.append(hop)
            rest = rest.suffix(from: NetlinkBytes.aligned(length))
        }
        return hops
    }

    private static func isDown(_ flags: UInt32) -> Bool { flags & UInt32(RTNH_F_DEAD | RTNH_F_LINKDOWN) != 0 }
}
