internal import Glibc

/// An exclusive lock on a lock file, flock(2). It is held until it is released or the process ends.
package struct FileLock: Sendable {
    private let descriptor: Int32

    /// Waits until no other process holds the lock. If the file does not exist, it is created for its owner alone.
    package init(_ path: String) throws(SystemCallError) {
        descriptor = try Self.open(path)
        while flock(descriptor, LOCK_EX) != 0 {
            if errno == EINTR { continue }
            let error = SystemCallError("lock", path)
            close(descriptor)
            throw error
        }
    }

    /// Takes the lock; `nil` if another process holds it.
    package init?(ifFree path: String) throws(SystemCallError) {
        descriptor = try Self.open(path)
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
        let error = SystemCallError("lock", path)
        close(descriptor)
        guard error.code == EWOULDBLOCK else { throw error }
        return nil
    }

    private static func open(_ path: String) throws(SystemCallError) -> Int32 {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemCallError("open", path) }
        return descriptor
    }

    /// Releases the lock. The value must not be used afterwards.
    package func release() { close(descriptor) }
}
