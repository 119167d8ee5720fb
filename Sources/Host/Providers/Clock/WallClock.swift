internal import AgentCore
internal import Moments
internal import CLinux
internal import Glibc
internal import Readiness

/// *The kernel's wall clock* from the outside: whether it is held in step with another, and when it jumps.
protocol WallClock: Sendable {
    /// Whether something (an NTP client, a receiver) says that it is right; `nil` if the kernel does not tell.
    var isSynchronized: Bool? { get }
    /// What it says.
    var now: Moment { get }
    /// How far it is ahead of the time since the boot, in nanoseconds: constant, but for jumps and corrections.
    var lead: Int64 { get }
    /// Calls `jumped` whenever it may have been set, until the task is cancelled.
    func followJumps(_ jumped: @Sendable () -> Void) async throws
}

/// This machine's, by adjtimex(2) and timerfd_create(2).
struct KernelClock: WallClock {
    var isSynchronized: Bool? {
        let error = linux_clock_error()
        // As timedatectl(1) sees it: the flag STA_UNSYNC means less than it says, since some clients never clear it.
        return error < 0 ? nil : error < Self.largestError
    }

    /// In microseconds.
    private static let largestError = 16_000_000

    var now: Moment { .now }

    var lead: Int64 {
        var wall = timespec()
        var boot = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        clock_gettime(CLOCK_BOOTTIME, &boot)
        return (Int64(wall.tv_sec) &- Int64(boot.tv_sec)) &* 1_000_000_000 &+ Int64(wall.tv_nsec) &- Int64(boot.tv_nsec)
    }

    func followJumps(_ jumped: @Sendable () -> Void) async throws {
        let timer = try Timer()
        while !Task.isCancelled {
            await Readiness.read(of: timer.descriptor)
            if timer.wasCancelled() { jumped() }
        }
    }

    /// A timer for a day that never comes, which the kernel cancels when the clock is set (or the machine wakes).
    private struct Timer: ~Copyable {
        let descriptor: Int32

        init() throws(HostFileError) {
            descriptor = linux_watch_clock()
            guard descriptor >= 0 else { throw HostFileError(code: errno) }
        }

        deinit { close(descriptor) }

        /// Whether the kernel cancelled it since this was last asked. It goes on all the same.
        func wasCancelled() -> Bool {
            var expirations: UInt64 = 0
            return Glibc.read(descriptor, &expirations, MemoryLayout<UInt64>.size) < 0 && errno == ECANCELED
        }
    }
}
