import Glibc
import NIOCore

/// A unix socket and its *file*: a leftover of a daemon that was killed is replaced, one that is in use is not, and what
/// is no longer ours is not removed.
struct SocketFile {
    let path: String
    /// The socket: bound and listening. Whoever takes it up closes it.
    let descriptor: Int32
    /// Which file it is, so that another daemon's at the same path is not taken for it.
    private let identity: Identity

    private struct Identity: Equatable {
        let device: dev_t
        let number: ino_t

        init(_ status: stat) { (device, number) = (status.st_dev, status.st_ino) }
    }

    /// Listens at `path`. The owner and the group may connect, nobody else.
    ///
    /// - Parameter makingFolder: Whether the last folder of the path is made if it is missing.
    /// - Throws: `DaemonError` when it cannot, with what can be done.
    static func listen(at path: String, backlog: Int32, makingFolder: Bool) throws(DaemonError) -> SocketFile {
        guard let address = try? SocketAddress(unixDomainSocketPath: path) else {
            throw DaemonError("cannot listen at unix:\(path): the path is too long for a socket")
        }
        let folder = folder(of: path)
        if makingFolder { try make(folder) }
        // Two daemons that start at once must not both find that nobody serves the socket.
        let lock = lock(folder)
        defer { if lock >= 0 { close(lock) } }
        try clear(path, address)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(at: path) }
        var status = stat()
        // The file inherits the socket's mode less the umask: at no moment may too many connect.
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

    /// Removes the file, unless another one has taken its place. Before the socket is closed: as long as it is served, no
    /// other daemon replaces it.
    func remove() {
        var status = stat()
        guard lstat(path, &status) == 0, Identity(status) == identity else { return }
        unlink(path)
    }

    private static let mode: mode_t = 0o660

    /// Sees to it that nothing is at `path`.
    private static func clear(_ path: String, _ address: SocketAddress) throws(DaemonError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw DaemonError("cannot listen at unix:\(path): something else than a socket is there")
        }
        guard !isServed(address) else {
            throw DaemonError(
                "cannot listen at unix:\(path): another daemon serves it; choose another path with --unix-path")
        }
        unlink(path)
    }

    /// Whether somebody accepts connections there, or might: only a refusal says that nobody does.
    private static func isServed(_ address: SocketAddress) -> Bool {
        // It must not block: a daemon that hangs accepts nothing.
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
        // As root the folder is for all, and the socket says who may connect; a user's own is nobody else's.
        if mkdir(folder, geteuid() == 0 ? 0o755 : 0o700) != 0, errno != EEXIST {
            throw DaemonError("cannot make the folder \(folder): \(reason); choose another path with --unix-path")
        }
        var status = stat()
        guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == geteuid() || status.st_uid == 0
        else {
            throw DaemonError("the folder \(folder) belongs to somebody else; choose another path with --unix-path")
        }
    }

    /// Locks the folder against other daemons until the returned descriptor is closed. Whoever holds the lock holds it
    /// for a moment; if somebody has other uses for it, we go on without.
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
                "the folder is missing or cannot be written to; choose another path with --unix-path"
            default: reason
            }
        return DaemonError("cannot listen at unix:\(path): \(advice)")
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
