internal import Glibc
internal import Readiness

/// Says when something in a directory changed, by inotify(7): a file came, went, was renamed or written.
///
/// It does not say what: whoever is told looks at what matters to them. Small files that others replace are followed so
/// without asking for them again and again.
final class DirectoryWatch: Sendable {
    private let descriptor: Int32

    /// What counts as a change. Reading does not.
    private static let changes = UInt32(IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE)

    /// A watch of nothing yet.
    init() throws(HostFileError) {
        descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { throw HostFileError(code: errno) }
    }

    deinit { close(descriptor) }

    /// Watches a directory, if it is there; to do so again changes nothing.
    func add(_ directory: String) { inotify_add_watch(descriptor, directory, Self.changes) }

    /// Waits until something changed, or has since the last time, or the task is cancelled.
    func change() async {
        await Readiness.read(of: descriptor)
        drain()
    }

    /// Waits as `change` does, but not longer than that.
    ///
    /// - Returns: Whether something changed.
    func change(within limit: Duration, by clock: any Clock<Duration>) async -> Bool {
        await withTaskGroup { group in
            group.addTask { await Readiness.read(of: self.descriptor) }
            group.addTask { try? await clock.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        return drain()
    }

    /// Forgets what has been told.
    ///
    /// - Returns: Whether that was anything.
    @discardableResult
    private func drain() -> Bool {
        var hasAny = false
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: MemoryLayout<inotify_event>.alignment) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 { hasAny = true }
        }
        return hasAny
    }
}
