import CLinux
import Glibc

/// *Waiting for many descriptors* at once: epoll(7). Each is known by a number of the caller's choice.
struct Poller: ~Copyable {
    private let descriptor: Int32
    private var events: ContiguousArray<epoll_event>

    /// A poller of nothing.
    init() throws(BenchError) {
        descriptor = epoll_create1(Int32(O_CLOEXEC))
        guard descriptor >= 0 else { throw .impossible("Cannot create an epoll descriptor: \(systemError()).") }
        events = ContiguousArray(repeating: epoll_event(), count: 256)
    }

    deinit { close(descriptor) }

    /// Watches a descriptor: for input, and if `output` for room to write.
    func add(_ watched: Int32, number: Int, output: Bool = false) throws(BenchError) {
        try control(EPOLL_CTL_ADD, watched, number, EPOLLIN.rawValue | (output ? EPOLLOUT.rawValue : 0))
    }

    /// Watches a descriptor that it knows in another way.
    ///
    /// - Parameter input: Whether to watch for input; if not, the end of the connection is still reported.
    func change(_ watched: Int32, number: Int, input: Bool, output: Bool) throws(BenchError) {
        let reading = input ? EPOLLIN.rawValue : EPOLLRDHUP.rawValue
        try control(EPOLL_CTL_MOD, watched, number, reading | (output ? EPOLLOUT.rawValue : 0))
    }

    private func control(_ operation: Int32, _ watched: Int32, _ number: Int, _ events: UInt32) throws(BenchError) {
        var event = epoll_event()
        event.events = events
        event.data.u64 = UInt64(truncatingIfNeeded: number)
        guard epoll_ctl(descriptor, operation, watched, &event) == 0 else {
            throw .impossible("Cannot add a descriptor to epoll: \(systemError()).")
        }
    }

    /// Waits until something happens, or the timeout ends.
    ///
    /// - Returns: How many descriptors something has happened to; `event(_:)` says what.
    mutating func wait(milliseconds: Int32) -> Int {
        let room = Int32(truncatingIfNeeded: events.count)
        let count = events.withUnsafeMutableBufferPointer {
            // Debian 13's glibc says that the address cannot be null, Debian 12's does not.
            guard let start = $0.baseAddress else { return Int32(0) }
            return epoll_wait(descriptor, start, room, milliseconds)
        }
        return max(0, Int(count))
    }

    /// What has happened: to whom, and whether it can be written to. Whatever else it is, reading will tell.
    func event(_ index: Int) -> (number: Int, canWrite: Bool, canRead: Bool) {
        let event = events[index]
        let canRead = event.events & ~EPOLLOUT.rawValue != 0
        return (Int(truncatingIfNeeded: event.data.u64), event.events & EPOLLOUT.rawValue != 0, canRead)
    }
}

/// What the last call of the system complains of.
func systemError() -> String { String(cString: strerror(errno)) }
