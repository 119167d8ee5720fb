import Glibc

/// The calls of the system that running a program takes.
package enum Descriptors {
    /// A call that failed.
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
        package init(_ call: String, _ code: Int32 = errno) {
            description = "\(call): \(String(cString: strerror(code)))"
        }
    }

    /// A way from a program to us. No other program inherits it, as one could a pipe (`pipe2` is not to be had here).
    static func pipe() throws -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Failed("socketpair") }
        return (ends[0], ends[1])
    }

    /// A pseudo-terminal; pts(4), ioctl_tty(2).
    static func terminal(columns: UInt16, lines: UInt16) throws -> (ours: Int32, theirs: Int32) {
        let flags = O_RDWR | O_NOCTTY | O_CLOEXEC
        let ours = open("/dev/ptmx", flags)
        var unlocked: Int32 = 0
        var number: Int32 = 0
        guard ours >= 0, ioctl(ours, tiocsptlck, &unlocked) == 0, ioctl(ours, tiocgptn, &number) == 0 else {
            throw Failed("/dev/ptmx")
        }
        let theirs = open("/dev/pts/\(number)", flags)
        guard theirs >= 0 else { throw Failed("/dev/pts/\(number)") }
        resize(ours, columns: columns, lines: lines)
        return (ours, theirs)
    }

    // asm-generic/ioctls.h; the macros are out of Swift's reach.
    private static var tiocsptlck: UInt { 0x4004_5431 }
    private static var tiocgptn: UInt { 0x8004_5430 }

    static func resize(_ terminal: Int32, columns: UInt16, lines: UInt16) {
        var size = winsize(ws_row: lines, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
    }

    /// Starts a program; `output` and `error` are closed on this side. The program has `others` as 3, 4 and so on.
    static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String: String], output: Int32, error: Int32,
        others: [Int32] = []
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if isatty(output) == 1 {
            posix_spawn_file_actions_adddup2(&actions, output, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO)
        // Copies with high numbers, so that none is overwritten by another one before its turn.
        let copies = others.map { fcntl($0, F_DUPFD_CLOEXEC, 1000) }
        defer { for copy in copies { close(copy) } }
        for (number, copy) in copies.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, copy, Int32(3 + number))
        }

        // What this process ignores or blocks is its own affair.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program, &actions, &attributes, &words, &variables)
        close(output)
        if error != output { close(error) }
        guard code == 0 else { throw Failed("posix_spawn \(program)", code) }
        return pid
    }

    /// What comes next; `nil` at the end.
    package static func read(_ descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            return count > 0 ? Array(buffer[..<count]) : nil
        }
    }

    /// Runs something that blocks on a thread of its own. (Dispatch has 255 at most: with some dozens of programs at once,
    /// nobody would hear what the last of them say.)
    package static func inBackground(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { body in
                guard let body else { return nil }
                Unmanaged<Work>.fromOpaque(body).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(Work(body: body)).toOpaque())
        precondition(code == 0, "no thread to be had")
        pthread_detach(thread)
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
