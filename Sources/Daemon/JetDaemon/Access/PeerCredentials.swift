import Glibc
import NIOCore

/// Who runs the other end of a unix socket: as whom it called connect(2), by the kernel's word (unix(7), socket(7)).
struct PeerCredentials: Hashable, Sendable {
    let user: uid_t
    /// The primary group and the others.
    let groups: Set<gid_t>

    /// - Parameter descriptor: The socket; `nil` is what comes of one that is no unix socket.
    init?(of descriptor: Int32) {
        // struct ucred, which the C library shows to GNU programs alone: pid, uid, gid, each of 32 bits.
        var credentials: (pid: pid_t, user: uid_t, group: gid_t) = (0, .max, .max)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        let expected = length
        // Sockets of other families answer too, with nobody: process 0.
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0, length == expected,
            credentials.pid != 0 || credentials.user != .max
        else { return nil }
        user = credentials.user
        groups = Self.groups(of: descriptor).union([credentials.group])
    }

    /// The supplementary groups that it had; none if the kernel does not say.
    private static func groups(of descriptor: Int32) -> Set<gid_t> {
        var list = [gid_t](repeating: 0, count: 32)
        for _ in 0..<2 {
            var length = socklen_t(list.count * MemoryLayout<gid_t>.size)
            if getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, &list, &length) == 0 {
                return Set(list.prefix(Int(length) / MemoryLayout<gid_t>.size))
            }
            // There are more, and now we know how many.
            guard errno == ERANGE else { return [] }
            list = [gid_t](repeating: 0, count: Int(length) / MemoryLayout<gid_t>.size)
        }
        return []
    }
}

extension Connection {
    /// Who runs the peer, on a unix socket; `nil` on others.
    var credentials: PeerCredentials? {
        guard transport == .unix, let context else { return nil }
        return try? context.channel.pipeline.syncOperations
            .withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { PeerCredentials(of: $0) } ?? nil
    }
}
