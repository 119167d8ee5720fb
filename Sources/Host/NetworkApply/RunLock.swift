internal import Files
internal import Handover

/// The lock of the root program: a confirmation and a rollback that begin at the same moment do not interfere.
public struct RunLock: Sendable {
    private let lock: FileLock

    /// Waits until no other process has the lock.
    public init(_ disk: Disk) throws(DiskError) {
        do throws(SystemCallError) {
            lock = try FileLock(disk.root + disk.files.lock)
        } catch {
            throw DiskError(disk.files.lock, error.code)
        }
    }

    /// Takes the lock; `nil` if another process has it.
    init?(ifFree disk: Disk) throws(DiskError) {
        do throws(SystemCallError) {
            guard let lock = try FileLock(ifFree: disk.root + disk.files.lock) else { return nil }
            self.lock = lock
        } catch {
            throw DiskError(disk.files.lock, error.code)
        }
    }

    /// Releases it.
    public func release() { lock.release() }
}
