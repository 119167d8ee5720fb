internal import AgentCore
internal import Netlink
internal import CNetlink
internal import Glibc

/// A message of the kernel about a link: a `struct ifinfomsg` and attributes.
///
/// Not every message contains everything: a wireless driver's contains only name and flags. What is missing is `nil`.
struct LinkMessage: Hashable, Sendable {
    /// The kernel's number of the link.
    var index: Int32
    /// What kind of hardware address it has, as `ARPHRD_...`.
    var hardwareType: UInt16
    /// `IFF_...`
    var flags: UInt32
    /// The link's name: bytes that need not be text.
    var name: [UInt8]?
    /// The hardware address.
    var hardwareAddress: [UInt8]?
    /// The largest packet, in bytes.
    var mtu: UInt32?
    /// The operational state, as `IF_OPER_...`.
    var operationalState: UInt8?
    /// Whether something is at the other end.
    var carrier: Bool?
    /// The kind of a link that is made by software: "bridge", "vlan", "dummy".
    var kind: [UInt8]?
    /// The number of the link that this one is a port of: a bridge, a bond.
    var master: Int32?
    /// The number of the link that this one stands on, in the same namespace: a VLAN's.
    var parent: Int32?
    /// The number of a VLAN.
    var vlan: UInt16?
    /// Other names by which the link is known.
    var alternativeNames: [[UInt8]] = []
    /// `struct rtnl_link_stats64`
    var counters: NetlinkBytes?

    /// Parses a message of type `RTM_NEWLINK` or `RTM_DELLINK`. A bridge's messages about its ports are not accepted:
    /// when a port leaves its bridge, an `RTM_DELLINK` is sent, too, although the link itself still exists.
    init?(_ payload: NetlinkBytes) {
        guard let family = payload.load(UInt8.self, at: 0), family == UInt8(AF_UNSPEC),
            let hardwareType = payload.load(UInt16.self, at: 2), let index = payload.load(Int32.self, at: 4),
            let flags = payload.load(UInt32.self, at: 8), payload.count >= MemoryLayout<ifinfomsg>.size
        else { return nil }
        self.index = index
        self.hardwareType = hardwareType
        self.flags = flags
        var isParentElsewhere = false
        for attribute in NetlinkAttributes(payload.suffix(from: MemoryLayout<ifinfomsg>.size)) {
            switch attribute.type {
            case Int(IFLA_IFNAME): name = attribute.payload.text
            case Int(IFLA_ADDRESS): hardwareAddress = attribute.payload.array
            case Int(IFLA_MTU): mtu = attribute.payload.load(UInt32.self, at: 0)
            case Int(IFLA_OPERSTATE): operationalState = attribute.payload.load(UInt8.self, at: 0)
            case Int(IFLA_CARRIER): carrier = attribute.payload.load(UInt8.self, at: 0).map { $0 != 0 }
            case Int(IFLA_LINKINFO): (kind, vlan) = Self.kind(attribute.payload)
            case Int(IFLA_MASTER): master = attribute.payload.load(Int32.self, at: 0)
            case Int(IFLA_LINK): parent = attribute.payload.load(Int32.self, at: 0)
            case Int(IFLA_LINK_NETNSID): isParentElsewhere = true
            case Int(IFLA_PROP_LIST):
                alternativeNames = NetlinkAttributes(attribute.payload).filter { $0.type == Int(IFLA_ALT_IFNAME) }
                    .map(\.payload.text)
            case Int(IFLA_STATS64): counters = attribute.payload
            default: break
            }
        }
        if isParentElsewhere || parent == index || parent == 0 { parent = nil }
    }

    /// The kind, and the number of a VLAN.
    private static func kind(_ information: NetlinkBytes) -> (kind: [UInt8]?, vlan: UInt16?) {
        var kind: [UInt8]?
        var data: NetlinkBytes?
        for attribute in NetlinkAttributes(information) {
            switch attribute.type {
            case Int(IFLA_INFO_KIND): kind = attribute.payload.text
            case Int(IFLA_INFO_DATA): data = attribute.payload
            default: break
            }
        }
        guard kind == Array("vlan".utf8), let data else { return (kind, nil) }
        return (
            kind, NetlinkAttributes(data).first { $0.type == Int(IFLA_VLAN_ID) }?.payload.load(UInt16.self, at: 0)
        )
    }
}
