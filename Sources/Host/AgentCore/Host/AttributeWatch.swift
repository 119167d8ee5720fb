internal import CLinux
package import Files
internal import Glibc
internal import Readiness
internal import Synchronization

/// Waits until the kernel tells that one of several files of its own changed: attributes in sysfs, and
/// /proc/self/mountinfo.
///
/// Such a file has an exceptional condition (`POLLPRI`) until it is looked at again, and is otherwise always readable:
/// waiting for it to be readable would not wait at all. An epoll(7) that watches for the condition is itself readable
/// when one of its files has it, and for that one can wait. Source of fact: sysfs_notify() of the kernel, poll(2),
/// proc_pid_mountinfo(5).
package final class AttributeWatch: Sendable {
    private let epoll: Int32
    private let files = Mutex<[FilePath: Int32]>([:])

    /// A watch that watches nothing yet.
    ///
    /// - Throws: If there is no descriptor to be had.
    package init() throws(HostFileError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw HostFileError(code: errno) }
    }

    deinit {
        for descriptor in files.withLock({ $0.values }) { close(descriptor) }
        close(epoll)
    }

    /// Watches these files and no others. One that cannot be watched is left out.
    package func watch(_ paths: [FilePath]) {
        files.withLock { files in
            for (path, descriptor) in files where !paths.contains(path) {
                close(descriptor)
                files[path] = nil
            }
            for path in paths where files[path] == nil {
                let descriptor = Lane.accessing(path) { Self.open(path) }
                guard descriptor >= 0 else { continue }
                var event = epoll_event()
                event.events = EPOLLPRI.rawValue
                event.data.fd = descriptor
                guard epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
                    close(descriptor)
                    continue
                }
                files[path] = descriptor
            }
        }
    }

    /// Waits until one of the files has changed, or the task is cancelled.
    package func change() async {
        await Readiness.read(of: epoll)
        files.withLock { files in
            var events = [epoll_event](repeating: epoll_event(), count: max(1, files.count))
            let count = epoll_wait(epoll, &events, Int32(events.count), 0)
            guard count > 0 else { return }
            for event in events[..<Int(count)] { Self.read(event.data.fd) }
        }
    }

    /// Opens a file and reads it, so that only later changes count.
    private static func open(_ path: FilePath) -> Int32 {
        let descriptor = path.withCString { Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        if descriptor >= 0 { read(descriptor) }
        return descriptor
    }

    /// Reads from the beginning: only then the condition is over.
    private static func read(_ descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 64)
        _ = pread(descriptor, &buffer, buffer.count, 0)
    }
}
