internal import Glibc

/// One at a time: a confirmation and a rollback that come at the same moment must not meet.
public struct RunLock: Sendable {
    private let descriptor: Int32

    static let path = Records.directory + "/lock"

    /// Waits until nobody else is at work.
    public init(_ disk: Disk) throws(DiskError) {
        descriptor = try Self.open(disk)
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw DiskError(Self.path) }
        }
    }

    /// Does not wait.
    ///
    /// - Returns: `nil` if somebody is at work.
    init?(ifFree disk: Disk) throws(DiskError) {
        descriptor = try Self.open(disk)
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
        let code = errno
        close(descriptor)
        guard code == EWOULDBLOCK else { throw DiskError(Self.path, code) }
        return nil
    }

    private static func open(_ disk: Disk) throws(DiskError) -> Int32 {
        let descriptor = Glibc.open(disk.root + path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw DiskError(path) }
        return descriptor
    }

    /// Lets the next one begin.
    public func release() { close(descriptor) }
}
