internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// The host's network links and their addresses, as the kernel's messages describe them.
struct LinkTable {
    private var links: [Int32: LinkMessage] = [:]
    /// The numbers of the links by their names.
    private var indices: [[UInt8]: Int32] = [:]
    private var addresses: [Int32: [AddressMessage.Key: AddressMessage]] = [:]
    private var hardware: [Int32: LinkHardware] = [:]
    private var toldOf: Set<Int32> = []

    /// No links.
    init() {}

    /// The links that a dump describes.
    init(_ dump: some Sequence<RouteMessage>) {
        for message in dump { apply(message) }
    }

    /// Applies `message`. Messages may be older than the dump that the table was made from: if none is missing between
    /// them and the dump, the last message about a link or an address has its current state.
    mutating func apply(_ message: RouteMessage) {
        switch message {
        case .link(let link):
            // Names are unique, so another link that had this name no longer has it.
            if let name = link.name, let other = indices[name], other != link.index { forget(other) }
            if let former = links[link.index]?.name, link.name != nil { indices[former] = nil }
            if let name = link.name { indices[name] = link.index }
            links[link.index] = links[link.index].map { link.completed(by: $0) } ?? link
            toldOf.insert(link.index)
        case .linkGone(let index):
            forget(index)
            addresses[index] = nil
            hardware[index] = nil
        case .address(let address):
            addresses[address.key.link, default: [:]][address.key] = address
        case .addressGone(let address):
            addresses[address.key.link]?[address.key] = nil
        }
    }

    private mutating func forget(_ index: Int32) {
        guard let name = links.removeValue(forKey: index)?.name, indices[name] == index else { return }
        indices[name] = nil
    }

    /// Reads the hardware of the links that have had messages since the last call: once for all messages.
    mutating func look(_ hardware: (_ name: [UInt8]) -> LinkHardware) {
        for index in toldOf {
            self.hardware[index] = links[index]?.name.map(hardware)
        }
        toldOf = []
    }

    /// `network/<link>` of each link, in the kernel's order.
    var readings: [Reading] {
        links.values.sorted { $0.index < $1.index }.compactMap { link in
            guard let name = link.name, !name.isEmpty else { return nil }
            let addresses = addresses[link.index, default: [:]].values.sorted { $0.key < $1.key }
            return Reading(
                LinkPath.link(name),
                link.value(
                    addresses: addresses.compactMap(\.value), hardware: hardware[link.index] ?? LinkHardware(),
                    names: { links[$0]?.name }),
                Metadata(title: "Network link \(FilePath(name).text)", datatype: .json))
        }
    }
}

extension LinkMessage {
    /// This message, with what it does not tell taken from an earlier one about the same link.
    fileprivate func completed(by earlier: LinkMessage) -> LinkMessage {
        var link = self
        link.name = name ?? earlier.name
        link.hardwareAddress = hardwareAddress ?? earlier.hardwareAddress
        link.mtu = mtu ?? earlier.mtu
        link.operationalState = operationalState ?? earlier.operationalState
        link.carrier = carrier ?? earlier.carrier
        link.kind = kind ?? earlier.kind
        link.vlan = vlan ?? earlier.vlan
        // Only a message that tells everything tells that a link has no master, parent or other names any more.
        if mtu == nil {
            link.master = earlier.master
            link.parent = earlier.parent
            link.alternativeNames = earlier.alternativeNames
        }
        // They grow old, and are asked for on their own.
        link.counters = nil
        return link
    }
}

extension AddressMessage.Key: Comparable {
    /// IPv4 before IPv6, then by the address: so that the order does not depend on which came first.
    static func < (left: Self, right: Self) -> Bool {
        if left.family != right.family { return left.family < right.family }
        if left.address != right.address { return left.address.lexicographicallyPrecedes(right.address) }
        if left.prefixLength != right.prefixLength { return left.prefixLength < right.prefixLength }
        return left.peer.lexicographicallyPrecedes(right.peer)
    }
}

/// Where a link stands on the bus.
enum LinkPath {
    /// `network/<link>`. A name that would climb out of its place stays in it: `.` and `..` are no link names, and a
    /// slash is none of their characters. One that is another thing's place there has its first letter written in
    /// hexadecimal: the link "routes" is `network/%72outes`.
    static func link(_ name: [UInt8]) -> String {
        guard let first = name.first, taken.contains(name) else { return "network/" + Slug.name(name) }
        return "network/%" + String(first, radix: 16, uppercase: true) + Slug.name(name.dropFirst())
    }

    /// What is at `network/` and no link.
    private static let taken = Set(["routes", "default-route", "dns"].map { Array($0.utf8) })

    /// `network/<link>/counters`
    static func counters(_ name: [UInt8]) -> String { link(name) + "/counters" }

    /// `network/<link>/wireless`
    static func wireless(_ name: [UInt8]) -> String { link(name) + "/wireless" }

    /// `network/<link>/networkd`
    static func networkd(_ name: [UInt8]) -> String { link(name) + "/networkd" }

    /// `network/<link>/rates`
    static func rates(_ name: [UInt8]) -> String { link(name) + "/rates" }
}
