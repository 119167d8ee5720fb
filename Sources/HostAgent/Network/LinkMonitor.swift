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
    /// - Parameter open: Opens a socket; `NetlinkSocket` says which ones. Tests open them in a network namespace.
    init(_ open: @escaping @Sendable (NetlinkSocket.Purpose) throws -> NetlinkSocket = { try NetlinkSocket($0) }) throws
    {
        notifications = try open(.notifications)
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
