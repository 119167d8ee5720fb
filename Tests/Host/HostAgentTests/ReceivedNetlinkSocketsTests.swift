import Netlink
import CNetlink
import Glibc
import Testing

@testable import AgentCore
@testable import Providers
@testable import Systemd

/// Netlink sockets that the service manager opened, as jet-agent.socket has them.
struct ReceivedNetlinkSocketsTests {
    @Test("they are told apart by what they are, not by their order")
    func families() throws {
        let udev = try HandedSocket(NETLINK_KOBJECT_UEVENT, groups: 2)
        let route = try HandedSocket(NETLINK_ROUTE, groups: 273)
        let sockets = ReceivedNetlinkSockets([udev.received(), route.received()])
        #expect(sockets.route == route.descriptor)
        #expect(sockets.udev == udev.descriptor)
    }

    @Test("what has another name, or is no netlink socket, is let alone")
    func others() throws {
        let route = try HandedSocket(NETLINK_ROUTE, groups: 273)
        let pipe = try HandedSocket(unix: ())
        let sockets = ReceivedNetlinkSockets([route.received(as: "unix"), pipe.received()])
        #expect(sockets.route == nil && sockets.udev == nil)
    }

    @Test("nobody blocks on a socket that was handed over as one that does")
    func blocking() throws {
        let route = try HandedSocket(NETLINK_ROUTE, groups: 273)
        let sockets = ReceivedNetlinkSockets([route.received()])
        let socket = try NetlinkSocket(sharing: #require(sockets.route))
        socket.discard()
        #expect(try socket.arrivals() == .datagrams([]))
    }

    @Test("a socket that was opened for fewer groups hears all that are wanted")
    func groups() throws {
        let route = try HandedSocket(NETLINK_ROUTE, groups: 0)
        #expect(try route.groups == 0)
        _ = ReceivedNetlinkSockets([route.received()])
        #expect(try route.groups == 273)
    }

    @Test("a socket that is silenced hears no group any more; another one still does")
    func silence() throws {
        let udev = try HandedSocket(NETLINK_KOBJECT_UEVENT, groups: 2)
        let route = try HandedSocket(NETLINK_ROUTE, groups: 273)
        let sockets = ReceivedNetlinkSockets([udev.received(), route.received()])
        ReceivedNetlinkSockets.silence(try #require(sockets.route))
        #expect(try route.groups == 0)
        #expect(try udev.groups == 2)
    }

    @Test(
        "what waits in a socket is older than a snapshot and is not told; what comes after it is, by one agent as by the next",
        .enabled(if: NetworkNamespace.isPermitted, "needs the right to make a network namespace, and ip(8)"),
        .timeLimit(.minutes(1)))
    func waiting() async throws {
        let namespace = try NetworkNamespace()
        let handed = try namespace.inside { try HandedSocket(NETLINK_ROUTE, groups: 273) }
        func monitor() throws -> KernelLinkMonitor {
            try KernelLinkMonitor(received: ReceivedNetlinkSockets([handed.received()]).route) { purpose in
                try namespace.inside { try NetlinkSocket(purpose) }
            }
        }
        for name in ["first", "second"] {
            // While there is no agent.
            try namespace.ip("link add gone0 type veth peer name gone1")
            try namespace.ip("link del gone0")
            let monitor = try monitor()
            #expect(!LinkTable(try monitor.snapshot()).readings.map(\.path).contains("network/gone0"))
            try namespace.ip("link add \(name)0 type veth peer name \(name)1")
            guard case .messages(let messages) = try await monitor.changes() else {
                Issue.record("some were lost")
                return
            }
            let names = messages.compactMap { message -> String? in
                guard case .link(let link) = message else { return nil }
                return link.name.map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(Set(names) == ["\(name)0", "\(name)1"])
        }
    }
}

/// A socket as the service manager hands it over: bound, and blocking.
private final class HandedSocket: Sendable {
    let descriptor: Int32

    init(_ family: Int32, groups: UInt32) throws {
        descriptor = socket(
            AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), family)
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups = groups
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        try #require(result == 0)
    }

    init(unix: Void) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    func received(as name: String = "netlink") -> ListenDescriptor {
        ListenDescriptor(descriptor: descriptor, name: name)
    }

    /// The groups that the socket hears, by their bits.
    var groups: UInt32 {
        get throws {
            var address = sockaddr_nl()
            var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
            let result = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
            }
            try #require(result == 0)
            return address.nl_groups
        }
    }
}
