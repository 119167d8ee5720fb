internal import AgentCore
internal import Netlink

/// Where the truth about links and addresses comes from: changes as they happen, and everything at once.
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
    /// Some were lost: only a snapshot tells the truth now.
    case lost
}

/// The kernel's word, by rtnetlink.
struct KernelLinkMonitor: LinkMonitor {
    private let notifications: NetlinkSocket
    private let openSocket: @Sendable () throws -> NetlinkSocket

    /// Begins to collect changes.
    ///
    /// - Parameters:
    ///   - received: A socket that has collected changes already, perhaps since before there was an agent; `nil` for an
    ///     own one. What waits in it is thrown away: a snapshot that is asked for from now on is newer than all of it, and
    ///     to apply it would be to tell the past once more. Should part of it be missing, because it was more than could
    ///     be kept or another agent had read it, the past would even stay.
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
