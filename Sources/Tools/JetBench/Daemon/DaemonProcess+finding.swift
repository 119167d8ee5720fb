import Files
import Glibc
import JetProtocol

/// Finding the process at the other end of a connection.
extension DaemonProcess {
    /// The process that serves the connection `descriptor`, which it must have accepted already: according to the kernel for
    /// a unix socket (SO_PEERCRED, unix(7)), by a look at all processes' descriptors for a connection within this
    /// machine.
    ///
    /// - Returns: `nil` if it cannot be found out: it is on another machine, another user's, or behind the process that does
    ///   TLS.
    static func serving(_ descriptor: Int32, at endpoint: Endpoint) -> DaemonProcess? {
        guard !endpoint.isSecure else { return nil }
        var domain: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 else { return nil }
        return domain == AF_UNIX ? peer(of: descriptor) : owner(ofPeerOf: descriptor)
    }

    private static func peer(of descriptor: Int32) -> DaemonProcess? {
        // `struct ucred`: process, user and group, which the C library's module leaves out.
        var credentials: (pid: Int32, user: UInt32, group: UInt32) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0, credentials.pid > 0 else {
            return nil
        }
        // systemd has opened the socket, and it is unknown which process got it.
        return credentials.pid == 1 ? nil : DaemonProcess(pid: credentials.pid)
    }

    private static func owner(ofPeerOf descriptor: Int32) -> DaemonProcess? {
        guard let here = port(of: descriptor, getsockname), let there = port(of: descriptor, getpeername),
            let inode = inode(local: there, remote: here)
        else { return nil }
        let link: FilePath = "socket:[\(inode)]"
        let owners = File.names(in: "/proc").compactMap { Int32($0.text) }.filter { pid in
            let folder: FilePath = "/proc/\(pid)/fd"
            return File.names(in: folder).contains { File.link("\(folder)/\($0)") == link }
        }
        // A child that is about to execute another program has it, too, for a moment. It may have ended since.
        return owners.first { pid in parent(of: pid).map { !owners.contains($0) } ?? false }
            .map { DaemonProcess(pid: $0) }
    }

    /// The parent of a process, the fourth column of proc_pid_stat(5); the second one, a name, may hold anything.
    private static func parent(of pid: Int32) -> Int32? {
        guard let text = text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let columns = text[end...].split(separator: " ")
        return columns.count > 2 ? Int32(columns[2]) : nil
    }

    private typealias NameOf = (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32

    /// One end's port.
    private static func port(of descriptor: Int32, _ name: NameOf) -> Int? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(descriptor, $0, &length) }
        }
        guard code == 0 else { return nil }
        // The port is at the same place in both families (ip(7), ipv6(7)).
        return withUnsafeBytes(of: address) {
            Int(UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    /// The inode of the connection with these two ports, from /proc/net/tcp (proc_net(5)): addresses and ports are
    /// hexadecimal, the inode is the tenth column, and 0 until the connection is accepted.
    private static func inode(local: Int, remote: Int) -> String? {
        for file in ["/proc/net/tcp", "/proc/net/tcp6"] {
            for line in (text(file) ?? "").split(separator: "\n").dropFirst() {
                let columns = line.split(separator: " ")
                guard columns.count > 9, port(in: columns[1]) == local, port(in: columns[2]) == remote,
                    columns[9] != "0"
                else { continue }
                return String(columns[9])
            }
        }
        return nil
    }

    private static func port(in column: Substring) -> Int? {
        column.split(separator: ":").last.flatMap { Int($0, radix: 16) }
    }
}
