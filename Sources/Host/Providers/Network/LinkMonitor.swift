internal import AgentCore
internal import Netlink

/// A source of information about links and addresses: changes as they happen, and a snapshot of everything.
protocol LinkMonitor: Sendable {
    /// Waits for changes; cancelled, it gives none.
    ///
    /// - Throws: What ended the source for good.
    func changes() async throws -> LinkChanges

    /// All links and addresses. It may be asked for after `changes` began to collect: then no change is missed.
    func snapshot() throws -> [RouteMessage]
}

/// What a monitor gives.
enum LinkChanges: Sendable {
    /// All changes since the last time, in their order.
    case messages([RouteMessage])
    /// Some were lost: a new snapshot is needed.
    case lost
}

/// Links and addresses as the kernel reports them over rtnetlink.
struct KernelLinkMonitor: LinkMonitor {
    private let notifications: NetlinkSocket
    private let openSocket: @Sendable () throws -> NetlinkSocket

    /// Begins to collect changes.
    ///
    /// - Parameters:
    ///   - received: A socket that has collected changes already, perhaps since before the agent was started; `nil` to
    ///     open a new one. The messages queued in it are discarded: a snapshot requested from now on is newer than all
    ///     of them, and applying them would report old states again. If some of them were missing, because the queue
    ///     overflowed or another agent had read them, an old state would even remain.
    ///   - open: Opens a socket; `NetlinkSocket` says which ones. Tests open them in a network namespace.
    init(
        received: Int32? = nil,
        _ open: @escaping @Sendable (NetlinkSocket.Purpose) throws -> NetlinkSocket = { try NetlinkSocket($0) }
    ) throws {
        if let received {
            notifications = try NetlinkSocket(sharing: received)
            notifications.discard()
        } else {
            notifications = try open(.notifications)
        }
        openSocket = { try open(.requests) }
    }

    func changes() async throws -> LinkChanges {
        await notifications.readable()
        switch try notifications.arrivals() {
        case .datagrams(let datagrams): return .messages(datagrams.flatMap(RouteMessage.all))
        case .lost: return .lost
        }
    }

    func snapshot() throws -> [RouteMessage] {
        let socket = try openSocket()
        let links = try NetlinkDump.of(.links(counters: false), over: socket)
        let addresses = try NetlinkDump.of(.addresses, over: socket)
        return (links + addresses).compactMap(RouteMessage.init)
    }
}
