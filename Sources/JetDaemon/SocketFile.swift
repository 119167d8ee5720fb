import Glibc
import NIOCore

/// The file of a unix socket: a leftover of a daemon that was killed is replaced, one that is in use is not.
enum SocketFile {
    /// Makes sure that a socket can be bound to `path`.
    ///
    /// - Throws: `DaemonError` when it cannot, with what can be done.
    static func prepare(_ path: String, makingFolder: Bool) throws(DaemonError) {
        if makingFolder { try makeFolder(of: path) }
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw DaemonError("cannot listen at unix:\(path): something else than a socket is there")
        }
        guard !isServed(path) else {
            throw DaemonError(
                "cannot listen at unix:\(path): another daemon serves it; choose another path with --unix-path")
        }
        unlink(path)
    }

    /// Lets the owner and the group connect, nobody else.
    static func restrict(_ path: String) { chmod(path, 0o660) }

    /// Removes the file of a socket that is not served any more.
    static func remove(_ path: String) { unlink(path) }

    private static func makeFolder(of path: String) throws(DaemonError) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        let folder = String(path[..<slash])
        // As root the folder is for all, and the socket says who may connect; a user's own is nobody else's.
        if mkdir(folder, geteuid() == 0 ? 0o755 : 0o700) != 0, errno != EEXIST {
            let reason = String(cString: strerror(errno))
            throw DaemonError("cannot make the folder \(folder): \(reason); choose another path with --unix-path")
        }
        var status = stat()
        guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == geteuid() || status.st_uid == 0
        else {
            throw DaemonError("the folder \(folder) belongs to somebody else; choose another path with --unix-path")
        }
    }

    /// Whether somebody accepts connections there.
    private static func isServed(_ path: String) -> Bool {
        guard let address = try? SocketAddress(unixDomainSocketPath: path) else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return address.withSockAddr { connect(descriptor, $0, socklen_t($1)) == 0 }
    }
}
