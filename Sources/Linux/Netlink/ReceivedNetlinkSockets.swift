internal import CNetlink
internal import Glibc
public import Systemd

/// The netlink sockets that the service manager opened before the agent was there and keeps while it is not: those of
/// `jet-agent.socket`, `ListenNetlink=` of systemd.socket(5).
///
/// They keep more than an unprivileged process may have kept for it, and nothing that is told between one agent and the
/// next is missing from them. They remain the service manager's: the agent reads them, and never closes them, so that a
/// provider which begins anew finds them again.
public struct ReceivedNetlinkSockets: Sendable {
    /// Hears of links and addresses: of rtnetlink(7).
    package let route: Int32?
    /// Hears of devices: of the kernel's uevents, in the group in which udev passes them on.
    package let udev: Int32?

    /// What the socket unit calls them.
    private static let name = "netlink"
    /// The group of udev's events, `MONITOR_GROUP_UDEV` of libudev.
    private static let udevGroup: UInt32 = 2

    /// No sockets: providers open their own.
    public init() { (route, udev) = (nil, nil) }

    /// The netlink sockets among what was handed over; what is something else is let alone.
    public init(_ received: [ListenDescriptor]) {
        let sockets = received.filter { $0.name == Self.name && $0.family == AF_NETLINK }.map(\.descriptor)
        func first(of family: Int32, hearing groups: [UInt32]) -> Int32? {
            sockets.first { Self.family(of: $0) == family && Self.hear(groups, on: $0) }
        }
        route = first(of: NETLINK_ROUTE, hearing: NetlinkSocket.routeGroups)
        udev = first(of: NETLINK_KOBJECT_UEVENT, hearing: [Self.udevGroup])
    }

    /// Makes sure that nothing more waits in a socket that no provider reads: systemd would take it for a reason to start
    /// the agent as soon as it is stopped.
    package static func silence(_ descriptor: Int32) {
        for group in UInt32(1)...32 { _ = set(Int32(NETLINK_DROP_MEMBERSHIP), to: group, on: descriptor) }
        discard(from: descriptor)
    }

    /// Throws away what waits in a socket.
    package static func discard(from descriptor: Int32) {
        // As much as ever waits is less than that; what comes faster than it is thrown away is not old.
        for _ in 0..<1_000_000 {
            let length = recv(descriptor, nil, 0, Int32(MSG_DONTWAIT) | Int32(MSG_TRUNC))
            if length < 0, errno != EINTR, errno != ENOBUFS { return }
        }
    }

    /// Has a socket hear these groups, whatever it heard before, and not block: the service manager hands it over so that it
    /// does (`NonBlocking=` of systemd.service(5)).
    private static func hear(_ groups: [UInt32], on descriptor: Int32) -> Bool {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else { return false }
        return groups.allSatisfy { set(Int32(NETLINK_ADD_MEMBERSHIP), to: $0, on: descriptor) }
    }

    private static func set(_ option: Int32, to group: UInt32, on descriptor: Int32) -> Bool {
        var group = group
        return setsockopt(descriptor, SOL_NETLINK, option, &group, socklen_t(MemoryLayout<UInt32>.size)) == 0
    }

    /// `NETLINK_ROUTE`, ...; `nil` if the kernel does not say.
    private static func family(of descriptor: Int32) -> Int32? {
        var family: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_PROTOCOL, &family, &size) == 0 ? family : nil
    }
}
