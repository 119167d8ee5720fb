package import Files
internal import Netlink
internal import Glibc
internal import Readiness

/// Notifies when something in a directory changed, by inotify(7): a file was created, removed, renamed or written.
///
/// The receiver of the notification reads the files that it needs. This way small files that other programs replace are
/// followed without polling; `FileWatch` follows a few files of a large directory.
package final class DirectoryWatch: Sendable {
    private let descriptor: Int32

    /// What counts as a change. Reading does not.
    private static let changes = UInt32(IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE)

    /// A watch of nothing yet.
    package init() throws(HostFileError) {
        descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { throw HostFileError(code: errno) }
    }

    deinit { close(descriptor) }

    /// Watches a directory; to do so again changes nothing.
    ///
    /// - Returns: Whether it is there.
    @discardableResult
    package func add(_ directory: FilePath) -> Bool {
        directory.withCString { inotify_add_watch(descriptor, $0, Self.changes) } >= 0
    }

    /// Waits until something changed, or has since the last time, or the task is cancelled.
    ///
    /// - Returns: What.
    @discardableResult
    package func change() async -> Changes {
        await Readiness.read(of: descriptor)
        return take()
    }

    /// Waits as `change` does, but not longer than that.
    ///
    /// - Returns: Whether something changed.
    package func change(within limit: Duration, by clock: any Clock<Duration>) async -> Bool {
        await withTaskGroup { group in
            group.addTask { await Readiness.read(of: self.descriptor) }
            group.addTask { try? await clock.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        return take() != .names([])
    }

    /// What has changed.
    package enum Changes: Hashable, Sendable {
        /// The files of these names.
        case names(Set<FilePath>)
        /// More than could be kept: anything.
        case anything
    }

    /// Takes what has been told.
    private func take() -> Changes {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var names: Set<FilePath> = []
        var isOverrun = false
        while case let length = read(descriptor, &buffer, buffer.count), length > 0 {
            var rest = NetlinkBytes(buffer[..<length])
            // struct inotify_event: watch, mask, cookie, length of the name; then the name.
            while let mask = rest.load(UInt32.self, at: 4), let size = rest.load(UInt32.self, at: 12).map(Int.init),
                let name = rest.slice(16..<(16 + size))
            {
                if mask & UInt32(IN_Q_OVERFLOW) != 0 { isOverrun = true }
                names.insert(FilePath(name.text))
                rest = rest.suffix(from: 16 + size)
            }
        }
        return isOverrun ? .anything : .names(names)
    }
}
