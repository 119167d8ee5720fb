import Glibc

/// The user and the groups that the other end of a unix socket had at connect(2), from the kernel (unix(7), socket(7)).
struct PeerCredentials: Hashable, Sendable {
    let user: uid_t
    /// The process.
    let process: pid_t
    /// The primary group and the others.
    let groups: Set<gid_t>

    /// The credentials from a socket; `nil` if it is not a unix socket.
    init?(of descriptor: Int32) {
        // struct ucred, which glibc declares with _GNU_SOURCE only: pid, uid, gid, 32 bits each.
        var credentials: (pid: pid_t, user: uid_t, group: gid_t) = (0, .max, .max)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        let expected = length
        // Sockets of other families return process 0 and no user.
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0, length == expected,
            credentials.pid != 0 || credentials.user != .max
        else { return nil }
        user = credentials.user
        process = credentials.pid
        groups = Self.groups(of: descriptor).union([credentials.group])
    }

    /// The supplementary groups; none if the kernel does not know them.
    private static func groups(of descriptor: Int32) -> Set<gid_t> {
        var list = [gid_t](repeating: 0, count: 32)
        for _ in 0..<2 {
            var length = socklen_t(list.count * MemoryLayout<gid_t>.size)
            if getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, &list, &length) == 0 {
                return Set(list.prefix(Int(length) / MemoryLayout<gid_t>.size))
            }
            // There are more; `length` now says how many bytes they need.
            guard errno == ERANGE else { return [] }
            list = [gid_t](repeating: 0, count: Int(length) / MemoryLayout<gid_t>.size)
        }
        return []
    }
}
