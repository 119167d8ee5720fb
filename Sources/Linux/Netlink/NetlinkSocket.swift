internal import CNetlink
internal import Glibc
internal import Readiness

/// A socket of netlink(7): of rtnetlink(7), for the network, or of generic netlink, for other parts of the kernel.
///
/// Notifications and dumps each have a socket of their own: on a shared one a dump could be cut short by a burst of
/// notifications that overruns it.
package final class NetlinkSocket: NetlinkExchange, Sendable {
    private let descriptor: Int32

    /// The largest datagram of a dump.
    private static let datagramSize = 32 * 1024
    /// How much may wait for a busy agent, if the system's limit (`net.core.rmem_max`) allows it.
    package static let bufferSize: Int32 = 4 * 1024 * 1024
    /// How long to wait for an answer. The kernel answers during the request.
    private static let patience = timeval(tv_sec: 2, tv_usec: 0)

    /// What a socket of rtnetlink(7) is for.
    package enum Purpose: Sendable {
        /// Requests and their answers.
        case requests
        /// Notifications about links and addresses, from now on.
        case notifications
    }

    /// The multicast groups of rtnetlink(7) for links and addresses.
    package static let routeGroups = [RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR].map(\.rawValue)

    /// Opens a socket of rtnetlink(7), in the network namespace of the calling thread, with a buffer of this size.
    package convenience init(_ purpose: Purpose, bufferSize: Int32 = NetlinkSocket.bufferSize) throws(NetlinkError) {
        let groups = purpose == .notifications ? Self.routeGroups : []
        try self.init(family: NETLINK_ROUTE, groups: groups, bufferSize: bufferSize)
    }

    /// Opens a socket, in the network namespace of the calling thread.
    ///
    /// - Parameters:
    ///   - family: `NETLINK_ROUTE`, `NETLINK_GENERIC`, ...
    ///   - groups: The multicast groups to join; none for a socket of requests and answers.
    ///   - bufferSize: The size of the buffer, in bytes.
    package init(family: Int32, groups: [UInt32] = [], bufferSize: Int32 = NetlinkSocket.bufferSize)
        throws(NetlinkError)
    {
        let flags = groups.isEmpty ? 0 : SOCK_NONBLOCK.flag
        descriptor = socket(AF_NETLINK, SOCK_RAW.flag | SOCK_CLOEXEC.flag | flags, family)
        guard descriptor >= 0 else { throw NetlinkError("socket") }
        // The first option requires CAP_NET_ADMIN; if the second fails too, the buffer is smaller.
        if !set(SO_RCVBUFFORCE, to: bufferSize) { _ = set(SO_RCVBUF, to: bufferSize) }
        _ = set(SO_RCVTIMEO, to: Self.patience)
        if groups.isEmpty { return }
        // The kernel does not send multicasts to port 0, which every socket has until it is bound.
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        let isBound = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_nl>.size)) == 0
            }
        }
        guard isBound else { throw NetlinkError("bind") }
        for group in groups {
            guard set(Int32(NETLINK_ADD_MEMBERSHIP), of: SOL_NETLINK, to: group) else {
                throw NetlinkError("subscribe")
            }
        }
    }

    /// Uses a socket for notifications that systemd opened, and keeps open.
    ///
    /// - Parameter descriptor: The socket: bound, not blocking, and a member of the groups.
    package init(sharing descriptor: Int32) throws(NetlinkError) {
        self.descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard self.descriptor >= 0 else { throw NetlinkError("share") }
    }

    /// Discards the datagrams that have arrived.
    package func discard() { ReceivedNetlinkSockets.discard(from: descriptor) }

    /// Sets an option of the socket.
    ///
    /// - Returns: Whether that succeeded; if not, errno is set.
    private func set<Value: BitwiseCopyable>(_ option: Int32, of level: Int32 = SOL_SOCKET, to value: Value) -> Bool {
        var value = value
        return setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Value>.size)) == 0
    }

    /// Has the kernel check requests strictly, so that it sends no more than was requested: the routes of one table,
    /// not of all. Kernels before 4.20 do not support that.
    package func askStrictly() { _ = set(Int32(NETLINK_GET_STRICT_CHK), of: SOL_NETLINK, to: Int32(1)) }

    deinit { close(descriptor) }
}

// MARK: - Dumps

extension NetlinkSocket {
    /// Sends one request.
    package func send(_ datagram: [UInt8]) throws(NetlinkError) {
        guard Glibc.send(descriptor, datagram, datagram.count, 0) == datagram.count else {
            throw NetlinkError("request")
        }
    }

    /// Waits for the next datagram of the answer.
    package func receive() throws(NetlinkError) -> [UInt8] {
        let (bytes, code) = read()
        guard code == 0 else { throw NetlinkError("answer", code: code == EAGAIN ? ETIMEDOUT : code) }
        return bytes
    }
}

// MARK: - Notifications

extension NetlinkSocket {
    /// The datagrams since the last time.
    package enum Arrival: Equatable, Sendable {
        /// These datagrams; none is missing between them and the ones before.
        case datagrams([[UInt8]])
        /// The buffer overflowed: some datagrams are lost. The others make no sense without them, and were discarded.
        case lost
    }

    /// Reads the datagrams that have arrived, at most `limit`.
    package func arrivals(limit: Int = 1024) throws(NetlinkError) -> Arrival {
        var datagrams: [[UInt8]] = []
        var isLost = false
        while isLost || datagrams.count < limit {
            let (bytes, code) = read()
            switch code {
            case 0: if !isLost { datagrams.append(bytes) }
            case EAGAIN: return isLost ? .lost : .datagrams(datagrams)
            case ENOBUFS, EMSGSIZE: isLost = true
            default: throw NetlinkError("notification", code: code)
            }
        }
        return .datagrams(datagrams)
    }

    /// Waits until something arrives, or the task is cancelled.
    package func readable() async {
        await Readiness.read(of: descriptor)
    }

    /// Reads one datagram of the kernel. Those of other senders are ignored.
    ///
    /// - Returns: The datagram and 0, or nothing and an errno: `EMSGSIZE` for a datagram that is too long.
    private func read() -> (bytes: [UInt8], code: Int32) {
        while true {
            var code: Int32 = 0
            var sender = sockaddr_nl()
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.datagramSize) { buffer, count in
                var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
                let length = withUnsafeMutablePointer(to: &sender) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        recvfrom(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_TRUNC), $0, &size)
                    }
                }
                if length < 0 { code = errno } else if length > buffer.count { code = EMSGSIZE }
                count = code == 0 ? length : 0
            }
            if code == EINTR || code == 0 && sender.nl_pid != 0 { continue }
            return (bytes, code)
        }
    }
}

extension __socket_type {
    /// The type as a number, to be combined with others.
    fileprivate var flag: Int32 { Int32(rawValue) }
}
