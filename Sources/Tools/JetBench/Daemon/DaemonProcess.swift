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
    var residentMemory: Int? {
        guard let text = ProcFile.text("/proc/\(pid)/status"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kibibytes = Int(line.dropFirst("VmRSS:".count).filter(\.isNumber))
        else { return nil }
        return kibibytes * 1024
    }
}

/// The kernel's own texts in /proc, which say nothing of their size.
enum ProcFile {
    /// What a file holds; `nil` if it cannot be read.
    static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
            bytes += piece[..<count]
        }
    }

    /// The names in a folder; none if it cannot be read.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names
    }

    /// Where a link leads; `nil` if it cannot be read.
    static func target(of path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
