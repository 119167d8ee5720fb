internal import AgentCore
internal import Netlink
internal import CNetlink

/// Receives the kernel's thermal events: the multicast group `event` of the generic netlink family `thermal`.
///
/// Kernels have it since 5.9, if they were built with `CONFIG_THERMAL_NETLINK`.
struct ThermalEventSocket: Sendable {
    private let socket: NetlinkSocket
    private let family: UInt16

    /// Begins to collect events.
    ///
    /// - Returns: `nil` if the kernel has no such events.
    init?() throws(NetlinkError) {
        guard let family = try GenericFamily.named(THERMAL_GENL_FAMILY_NAME),
            let group = family.groups[THERMAL_GENL_EVENT_GROUP_NAME]
        else { return nil }
        socket = try NetlinkSocket(family: NETLINK_GENERIC, groups: [group])
        self.family = family.identifier
    }

    /// Waits for events; cancelled, it gives none.
    ///
    /// - Returns: `nil` if some were lost, so that nothing is known but that everything is worth a look.
    func events() async throws(NetlinkError) -> [ThermalEvent]? {
        await socket.readable()
        switch try socket.arrivals() {
        case .datagrams(let datagrams): return datagrams.flatMap { ThermalEvent.all(in: $0, family: family) }
        case .lost: return nil
        }
    }
}

extension ThermalEvent {
    /// The events of one datagram.
    static func all(in datagram: [UInt8], family: UInt16) -> [ThermalEvent] {
        NetlinkMessage.all(in: datagram).compactMap { ThermalEvent($0, family: family) }
    }
}
