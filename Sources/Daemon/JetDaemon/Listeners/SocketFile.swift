import Glibc
import NIOCore

/// A listening unix socket and its file. A file that a killed daemon left is replaced; one that is in use is not; and a file
/// that another daemon has created meanwhile is not removed.
struct SocketFile {
    let path: String
    /// The listening socket, which the caller closes.
    let descriptor: Int32
    /// Identifies the file, to distinguish it from another daemon's at the same path.
    private let identity: Identity

    private struct Identity: Equatable {
        let device: dev_t
        let number: ino_t

        init(_ status: stat) { (device, number) = (status.st_dev, status.st_ino) }
    }

    /// Listens at `path`. The owner and the group of the file may connect.
    ///
    /// - Parameter makingFolder: Whether the last folder of the path is created if it is missing.
    /// - Throws: `DaemonError`, which says what to do.
    static func listen(at path: String, backlog: Int32, makingFolder: Bool) throws(DaemonError) -> SocketFile {
        guard let address = try? SocketAddress(unixDomainSocketPath: path) else {
            throw DaemonError("cannot listen at unix:\(path): the path is too long for a socket")
        }
        let folder = folder(of: path)
        if makingFolder { try make(folder) }
        // Two daemons that start at the same time must not both find that the socket is not in use.
        let lock = lock(folder)
        defer { if lock >= 0 { close(lock) } }
        try clear(path, address)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(at: path) }
        var status = stat()
        // The file gets the mode of the socket minus the umask, so that it never permits too much.
        guard fchmod(descriptor, mode) == 0, address.withSockAddr({ bind(descriptor, $0, socklen_t($1)) }) == 0 else {
            defer { close(descriptor) }
            throw failure(at: path)
        }
        guard chmod(path, mode) == 0, lstat(path, &status) == 0, Glibc.listen(descriptor, backlog) == 0 else {
            defer {
                unlink(path)
                close(descriptor)
            }
            throw failure(at: path)
        }
        return SocketFile(path: path, descriptor: descriptor, identity: Identity(status))
    }

    /// Removes the file, unless another one has replaced it. To be called before the socket is closed: no other daemon
    /// replaces the file while the socket accepts connections.
    func remove() {
        var status = stat()
        guard lstat(path, &status) == 0, Identity(status) == identity else { return }
        unlink(path)
    }

    private static let mode: mode_t = 0o660

    /// Removes an unused socket at `path`.
    private static func clear(_ path: String, _ address: SocketAddress) throws(DaemonError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw DaemonError(
                "cannot listen at unix:\(path): a file that is not a socket is in the way; remove it, or choose another path with --unix-path"
            )
        }
        guard !isServed(address) else {
            throw DaemonError(
                "cannot listen at unix:\(path): another daemon uses it; choose another path with --unix-path")
        }
        unlink(path)
    }

    /// Whether a process may accept connections there: only a refused connection shows that none does.
    private static func isServed(_ address: SocketAddress) -> Bool {
        // Without blocking: a daemon that hangs does not accept the connection.
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(AF_UNIX, Int32(kind), 0)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        return address.withSockAddr { connect(descriptor, $0, socklen_t($1)) == 0 || errno != ECONNREFUSED }
    }

    // MARK: The folder

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func make(_ folder: String) throws(DaemonError) {
        // The folder of root is accessible to all, and the mode of the socket decides who may connect. That of a user is
        // private.
        if mkdir(folder, geteuid() == 0 ? 0o755 : 0o700) != 0, errno != EEXIST {
            throw DaemonError("cannot create the folder \(folder): \(reason); choose another path with --unix-path")
        }
        var status = stat()
        guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == geteuid() || status.st_uid == 0
        else {
            throw DaemonError("the folder \(folder) belongs to another user; choose another path with --unix-path")
        }
    }

    /// Locks the folder against other daemons until the returned descriptor is closed. A daemon holds the lock only briefly;
    /// if another program holds it for longer, the daemon continues without it.
    private static func lock(_ folder: String) -> Int32 {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return -1 }
        for _ in 0..<100 where flock(descriptor, LOCK_EX | LOCK_NB) != 0 { usleep(5000) }
        return descriptor
    }

    // MARK: Errors

    private static func failure(at path: String) -> DaemonError {
        let advice =
            switch errno {
            case EACCES, EROFS, ENOENT, ENOTDIR:
                "the folder is missing or not writable; choose another path with --unix-path"
            default: reason
            }
        return DaemonError("cannot listen at unix:\(path): \(advice)")
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
