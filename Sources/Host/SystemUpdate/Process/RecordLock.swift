internal import Files
internal import Glibc

/// Record locks, fcntl(2), as apt and dpkg use them: they belong to a process, end with it, and the kernel knows which
/// process has them.
enum RecordLock {
    /// Who has a lock.
    struct Holder: Hashable, Sendable, CustomStringConvertible {
        /// The process; `nil` if it cannot be named from here.
        let pid: Int32?
        /// What the process is called.
        let name: String?

        /// The name and the number, as far as they are known.
        var description: String {
            switch (name, pid) {
            case (let name?, let pid?): "\(name), process \(pid)"
            case (nil, let pid?): "process \(pid)"
            default: "another program"
            }
        }
    }

    /// The process that holds a lock on the file; `nil` if it is not locked. This does not lock the file.
    static func holder(of path: String) -> Holder? {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var lock = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        guard fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        guard lock.l_pid > 0 else { return Holder(pid: nil, name: nil) }
        let name = try? File.contents("/proc/\(lock.l_pid)/comm", limit: 4096)
        return Holder(
            pid: lock.l_pid, name: name.map { String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) })
    }

    /// Locks a file for as long as this process lives, and makes it first, for its owner alone, if it is not there.
    ///
    /// - Returns: `false` if another process has it.
    static func acquire(_ path: String) throws(SystemCallError) -> Bool {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemCallError("open", path) }
        var lock = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        if fcntl(descriptor, F_SETLK, &lock) == 0 { return true }
        let code = errno
        close(descriptor)
        guard code == EAGAIN || code == EACCES else { throw SystemCallError("lock", path, code: code) }
        return false
    }
}
