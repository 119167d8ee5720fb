internal import CNetlink
internal import Glibc

/// Asks the kernel which user has opened the other end of a TCP connection on this machine, by sock_diag(7).
///
///     let owners = try SocketOwners()
///     let connection = TCPConnection(of: accepted)
///     let userID = connection.flatMap(owners.userID)
///
/// The kernel answers during send(2), so a query takes about 10 µs and does not wait.
package final class SocketOwners: Sendable {
    private let descriptor: Int32

    /// Opens a socket in the network namespace of the calling thread.
    package init() throws(NetlinkError) {
        descriptor = socket(
            AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
            NETLINK_SOCK_DIAG)
        guard descriptor >= 0 else { throw NetlinkError("socket") }
    }

    /// Uses a socket that systemd has opened (`ListenNetlink=inet-diag`), and closes it in the end.
    ///
    /// - Throws: `NetlinkError` if it is not a socket of sock_diag(7); then it is not closed.
    package init(adopting descriptor: Int32) throws(NetlinkError) {
        var family: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0, family == AF_NETLINK,
            getsockopt(descriptor, SOL_SOCKET, SO_PROTOCOL, &family, &size) == 0, family == NETLINK_SOCK_DIAG
        else { throw NetlinkError("adopt", code: EPROTONOSUPPORT) }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The user that has opened the peer's socket; `nil` if the kernel does not know it, or the peer has closed it.
    package func userID(of connection: TCPConnection) -> UInt32? {
        // The same number would identify an answer that an earlier process has left in a socket of systemd.
        let sequence = UInt32.random(in: .min ... .max)
        let request = Self.request(for: connection, sequence: sequence)
        guard send(descriptor, request, request.count, Int32(MSG_DONTWAIT)) == request.count else { return nil }
        // Only leftovers come before the answer.
        for _ in 0..<8 {
            guard let datagram = receive() else { return nil }
            for message in NetlinkMessage.all(in: datagram) where message.sequence == sequence {
                return Self.userID(in: message, of: connection)
            }
        }
        return nil
    }

    private func receive() -> [UInt8]? {
        var code: Int32 = 0
        let datagram = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            var length: Int
            repeat {
                length = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            } while length < 0 && errno == EINTR
            if length < 0 { code = errno }
            count = max(length, 0)
        }
        return code == 0 ? datagram : nil
    }

    // MARK: Messages

    /// A struct inet_diag_req_v2 for the socket at the peer's end, whose source is the peer.
    static func request(for connection: TCPConnection, sequence: UInt32) -> [UInt8] {
        let isIPv4 = connection.peer.address.count == 4
        var body: [UInt8] = [UInt8(isIPv4 ? AF_INET : AF_INET6), UInt8(IPPROTO_TCP), 0, 0]
        body.append(native: UInt32.max)  // in any state
        body += ends(of: connection)
        body.append(native: UInt32(0))  // on any interface
        body.append(native: UInt32.max)  // no cookie (INET_DIAG_NOCOOKIE), in two halves
        body.append(native: UInt32.max)
        var request: [UInt8] = []
        request.append(native: UInt32(16 + body.count))
        request.append(native: UInt16(SOCK_DIAG_BY_FAMILY))
        request.append(native: UInt16(NLM_F_REQUEST))
        request.append(native: sequence)
        request.append(native: UInt32(0))
        return request + body
    }

    /// The ports and addresses at the beginning of a struct inet_diag_sockid.
    private static func ends(of connection: TCPConnection) -> [UInt8] {
        var bytes: [UInt8] = []
        for end in [connection.peer, connection.local] { bytes.append(native: end.port.bigEndian) }
        for end in [connection.peer, connection.local] {
            bytes += end.address + [UInt8](repeating: 0, count: 16 - end.address.count)
        }
        return bytes
    }

    /// The user in a struct inet_diag_msg.
    static func userID(in message: NetlinkMessage, of connection: TCPConnection) -> UInt32? {
        let payload = message.payload
        guard Int32(message.type) == Int32(SOCK_DIAG_BY_FAMILY), let userID = payload.load(UInt32.self, at: 64),
            // A socket that its process has closed has no inode. The kernel reports it as one of root.
            let inode = payload.load(UInt32.self, at: 68), inode != 0
        else { return nil }
        // In an IPv6 socket an IPv4 address is mapped, so only the ports are compared.
        return payload.slice(4..<8)?.array == Array(ends(of: connection).prefix(4)) ? userID : nil
    }
}
