internal import AgentCore
internal import Netlink
internal import CNetlink
internal import Glibc

/// One word of the kernel about an address: a `struct ifaddrmsg` and attributes.
struct AddressMessage: Hashable, Sendable {
    /// What makes an address this one: its link, itself, its prefix, and the other end's if it has one.
    struct Key: Hashable, Sendable {
        /// The number of the link that has it.
        let link: Int32
        /// `AF_INET` or `AF_INET6`.
        let family: UInt8
        /// The address, 4 or 16 bytes.
        let address: [UInt8]
        /// How many bits of it name the network.
        let prefixLength: UInt8
        /// On a link from point to point, the address at the other end.
        let peer: [UInt8]
    }

    /// Which address.
    let key: Key
    /// How far it reaches, as `RT_SCOPE_...`.
    let scope: UInt8

    /// What a message of type `RTM_NEWADDR` or `RTM_DELADDR` says; `nil` for addresses that are not of the internet.
    init?(_ payload: NetlinkBytes) {
        guard let family = payload.load(UInt8.self, at: 0), let prefixLength = payload.load(UInt8.self, at: 1),
            let scope = payload.load(UInt8.self, at: 3), let link = payload.load(Int32.self, at: 4),
            family == UInt8(AF_INET) || family == UInt8(AF_INET6)
        else { return nil }
        var local: [UInt8]?
        var address: [UInt8]?
        for attribute in NetlinkAttributes(payload.suffix(from: MemoryLayout<ifaddrmsg>.size)) {
            switch attribute.type {
            case Int(IFA_LOCAL): local = attribute.payload.array
            case Int(IFA_ADDRESS): address = attribute.payload.array
            default: break
            }
        }
        // From point to point IFA_ADDRESS is the other end and IFA_LOCAL this one; else both are the same, and IPv6
        // leaves IFA_LOCAL away.
        let length = family == UInt8(AF_INET) ? 4 : 16
        guard let own = local ?? address, own.count == length, Int(prefixLength) <= length * 8 else { return nil }
        key = Key(link: link, family: family, address: own, prefixLength: prefixLength, peer: address ?? own)
        self.scope = scope
    }
}
