internal import CNetlink
internal import Glibc
public import Systemd

/// The netlink sockets that systemd opens before it starts the agent, and keeps open when the agent ends: those of
/// `jet-agent.socket`, `ListenNetlink=` of systemd.socket(5).
///
/// Their buffers are larger than an unprivileged process may have, and they keep the notifications between one run of
/// the agent and the next. They belong to systemd: the agent reads them and never closes them, so that a provider that
/// is restarted finds them again.
public struct ReceivedNetlinkSockets: Sendable {
    /// Receives notifications about links and addresses, rtnetlink(7).
    package let route: Int32?
    /// Receives events of devices: uevents, in the group to which udev sends them.
    package let udev: Int32?

    /// Their name in the socket unit.
    private static let name = "netlink"
    /// The group of udev's events, `MONITOR_GROUP_UDEV` of libudev.
    private static let udevGroup: UInt32 = 2

    /// No sockets: providers open their own.
    public init() { (route, udev) = (nil, nil) }

    /// The netlink sockets among those that systemd passed. Others are ignored.
    public init(_ received: [ListenDescriptor]) {
        let sockets = received.filter { $0.name == Self.name && $0.family == AF_NETLINK }.map(\.descriptor)
        func first(of family: Int32, in groups: [UInt32]) -> Int32? {
            sockets.first { Self.family(of: $0) == family && Self.join(groups, on: $0) }
        }
        route = first(of: NETLINK_ROUTE, in: NetlinkSocket.routeGroups)
        udev = first(of: NETLINK_KOBJECT_UEVENT, in: [Self.udevGroup])
    }

    /// Makes sure that a socket that no provider reads receives nothing more: otherwise systemd would start the agent
    /// again as soon as it is stopped.
    package static func silence(_ descriptor: Int32) {
        for group in UInt32(1)...32 { _ = set(Int32(NETLINK_DROP_MEMBERSHIP), to: group, on: descriptor) }
        discard(from: descriptor)
    }

    /// Discards the datagrams that wait in a socket.
    package static func discard(from descriptor: Int32) {
        // Fewer datagrams than that ever wait. What arrives faster than it is discarded is not old.
        for _ in 0..<1_000_000 {
            let length = recv(descriptor, nil, 0, Int32(MSG_DONTWAIT) | Int32(MSG_TRUNC))
            if length < 0, errno != EINTR, errno != ENOBUFS { return }
        }
    }

    /// Joins these groups, in addition to those of the socket, and makes the socket non-blocking: systemd passes it as
    /// a blocking one (`NonBlocking=` of systemd.service(5)).
    private static func join(_ groups: [UInt32], on descriptor: Int32) -> Bool {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else { return false }
        return groups.allSatisfy { set(Int32(NETLINK_ADD_MEMBERSHIP), to: $0, on: descriptor) }
    }

    private static func set(_ option: Int32, to group: UInt32, on descriptor: Int32) -> Bool {
        var group = group
        return setsockopt(descriptor, SOL_NETLINK, option, &group, socklen_t(MemoryLayout<UInt32>.size)) == 0
    }

    /// `NETLINK_ROUTE`, ...; `nil` if it is not known.
    private static func family(of descriptor: Int32) -> Int32? {
        var family: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_PROTOCOL, &family, &size) == 0 ? family : nil
    }
}
