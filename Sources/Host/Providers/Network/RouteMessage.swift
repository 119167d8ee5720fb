internal import AgentCore
internal import Netlink
internal import CNetlink

/// What rtnetlink(7) says about links and addresses, in a dump as in a notification.
enum RouteMessage: Hashable, Sendable {
    /// A link is there, or is now like this.
    case link(LinkMessage)
    /// The link of this index is no more.
    case linkGone(Int32)
    /// An address is there, or is now like this.
    case address(AddressMessage)
    /// An address is no more.
    case addressGone(AddressMessage)

    /// What `message` says; `nil` if it is about something else or makes no sense.
    init?(_ message: NetlinkMessage) {
        switch Int(message.type) {
        case Int(RTM_NEWLINK):
            guard let link = LinkMessage(message.payload) else { return nil }
            self = .link(link)
        case Int(RTM_DELLINK):
            guard let link = LinkMessage(message.payload) else { return nil }
            self = .linkGone(link.index)
        case Int(RTM_NEWADDR):
            guard let address = AddressMessage(message.payload) else { return nil }
            self = .address(address)
        case Int(RTM_DELADDR):
            guard let address = AddressMessage(message.payload) else { return nil }
            self = .addressGone(address)
        default:
            return nil
        }
    }

    /// What a datagram says.
    static func all(in datagram: [UInt8]) -> [RouteMessage] {
        NetlinkMessage.all(in: datagram).compactMap(RouteMessage.init)
    }
}
