internal import Glibc

/// One at a time: a confirmation and a rollback that come at the same moment must not meet.
public struct RunLock: Sendable {
    private let descriptor: Int32

    static let path = Records.directory + "/lock"

    /// Waits until nobody else is at work.
    public init(_ disk: Disk) throws(DiskError) {
        descriptor = open(disk.root + Self.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw DiskError(Self.path) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw DiskError(Self.path) }
        }
    }

    /// Lets the next one begin.
    public func release() { close(descriptor) }
}
