import Files
import Glibc

/// The process that serves us, as the kernel accounts for it: processor time and memory. Only on the same machine.
struct DaemonProcess: Hashable, Sendable {
    let pid: Int32

    /// The processor time that all of its threads have taken so far, user and system, in nanoseconds;
    /// clock_getcpuclockid(3). `nil` if the process is not to be seen.
    var processorTime: UInt64? {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return nil }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Its resident memory in bytes: `VmRSS` of proc_pid_status(5).
    var residentMemory: Int? { status("VmRSS:") }

    /// The most resident memory that it has had so far, in bytes: `VmHWM` of proc_pid_status(5).
    var peakMemory: Int? { status("VmHWM:") }

    /// An amount of memory in proc_pid_status(5), in bytes.
    private func status(_ key: String) -> Int? {
        guard let text = Self.text("/proc/\(pid)/status"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(key) }),
            let kibibytes = Int(line.dropFirst(key.count).filter(\.isNumber))
        else { return nil }
        return kibibytes * 1024
    }

    /// The text of a file in /proc; `nil` if it cannot be read.
    static func text(_ path: String) -> String? {
        (try? File.contents(path, limit: .max)).map { String(decoding: $0, as: UTF8.self) }
    }
}
