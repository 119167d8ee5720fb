internal import CLinux
internal import Glibc
internal import Readiness

/// Waits until something is mounted or unmounted: then the kernel marks /proc/self/mountinfo as urgent, by
/// proc_pid_mountinfo(5).
///
/// The file can always be read, so that to wait for that would be to wait for nothing. An epoll(7) descriptor that asks
/// for the urgent mark alone can be read when it is there.
final class MountWatch: Sendable {
    private let file: Int32
    private let poll: Int32

    /// Watches the file at `path`.
    init(_ path: String) throws(HostFileError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw HostFileError(code: errno) }
        let poll = epoll_create1(O_CLOEXEC)
        var event = epoll_event(events: EPOLLPRI.rawValue, data: epoll_data_t())
        guard poll >= 0, epoll_ctl(poll, EPOLL_CTL_ADD, file, &event) == 0 else {
            let code = errno
            close(file)
            if poll >= 0 { close(poll) }
            throw HostFileError(code: code)
        }
        self.file = file
        self.poll = poll
    }

    deinit {
        close(poll)
        close(file)
    }

    /// Waits until something is mounted or unmounted, or the task is cancelled.
    func changed() async {
        await Readiness.read(of: poll)
        // To look is to take the mark away.
        var event = epoll_event()
        _ = epoll_wait(poll, &event, 1, 0)
    }
}
