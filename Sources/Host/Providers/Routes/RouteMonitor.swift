internal import AgentCore
internal import Netlink
internal import CNetlink
internal import Glibc

/// Where the truth about routes comes from: a hint that something changed, and everything at once.
protocol RouteMonitor: Sendable {
    /// Waits for a hint that routes may have changed since the last one; cancelled, it gives one, too.
    func changed() async

    /// Takes the hints that have come, so that the next wait is for a new one.
    ///
    /// - Throws: What ended the source for good.
    func forget() throws

    /// The routes now, of each family at most `limit`.
    func snapshot(limit: Int) throws -> RouteTable
}

/// The routes as the kernel reports them, by rtnetlink.
///
/// A notification is only a hint that something changed. The kernel sends none for IPv4 routes that are removed along
/// with their link or address, and on a BGP router it sends so much that processing it all would keep the agent busy.
/// So the socket has a small buffer, which may overrun, and the routes are dumped after each hint.
struct KernelRouteMonitor: RouteMonitor {
    private let hints: NetlinkSocket
    private let openSocket: @Sendable ([UInt32]) throws -> NetlinkSocket

    private static let groups = [
        RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE,
    ].map(\.rawValue)

    /// Begins to collect hints.
    ///
    /// - Parameter open: Opens a socket of rtnetlink(7) that hears these groups. Tests open them in a network namespace.
    init(_ open: @escaping @Sendable ([UInt32]) throws -> NetlinkSocket = Self.socket) throws {
        hints = try open(Self.groups)
        openSocket = open
    }

    /// A socket in the namespace of the calling thread.
    static let socket: @Sendable ([UInt32]) throws -> NetlinkSocket = { groups in
        try NetlinkSocket(family: NETLINK_ROUTE, groups: groups, bufferSize: 64 * 1024)
    }

    func changed() async { await hints.readable() }

    func forget() throws { _ = try hints.arrivals() }

    func snapshot(limit: Int) throws -> RouteTable {
        var table = RouteTable()
        for message in try NetlinkDump.of(.links(counters: false), over: openSocket([])) {
            guard case .link(let link)? = RouteMessage(message), let name = link.name else { continue }
            table.links[link.index] = Slug.name(name)
        }
        for family in [UInt8(AF_INET), UInt8(AF_INET6)] {
            let routes = try routes(of: family, limit: limit + 1)
            table.isTruncated = table.isTruncated || routes.count > limit
            table.routes += routes.prefix(limit)
        }
        return table
    }

    private static let mainTable = UInt8(RT_TABLE_MAIN.rawValue)

    private func routes(of family: UInt8, limit: Int) throws -> [Route] {
        for _ in 0..<NetlinkDump.attempts {
            do {
                let socket = try openSocket([])
                socket.askStrictly()
                let request = NetlinkRequest.routes(family: family, table: Self.mainTable)
                return try NetlinkDump.first(limit, of: request, over: socket) {
                    Route($0.payload)?.table == UInt32(Self.mainTable)
                }.compactMap { Route($0.payload) }
            } catch let error as NetlinkError {
                // A table that nothing was ever put into, or a family that this kernel does not speak.
                if error.code == ENOENT || error.code == EOPNOTSUPP || error.code == EAFNOSUPPORT { return [] }
                if error != .interrupted { throw error }
            }
        }
        throw NetlinkError.interrupted
    }
}
