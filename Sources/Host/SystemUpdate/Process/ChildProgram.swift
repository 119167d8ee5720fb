internal import Files
internal import Glibc

/// A program that is run and listened to: what it says on its two outputs together, and on descriptor 3.
///
/// It has ended when its process has, not when its outputs have: a service that a maintainer's script starts in the
/// wrong way keeps them open for ever.
final class ChildProgram {
    /// How a program ended.
    enum Ending: Hashable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        var isSuccess: Bool { self == .exited(0) }

        var description: String {
            switch self {
            case .exited(let status): "ended with status \(status)"
            case .killed(let signal): "was ended by signal \(signal)"
            }
        }
    }

    /// What it wrote.
    enum Line: Hashable, Sendable {
        case output(String)
        case status(String)
    }

    private struct Stream {
        let descriptor: Int32
        var splitter = LineSplitter()
        var isOpen = true
    }

    private let pid: pid_t
    private var output: Stream
    private var status: Stream

    /// The maximum time between two checks of a program that writes nothing, in milliseconds.
    private static let patience: Int32 = 250

    /// Starts a program with an empty standard input; it gets only the arguments and the environment given here.
    init(_ program: String, _ arguments: [String], _ environment: [String: String]) throws(SystemCallError) {
        let output = try Self.pipe()
        let status: (ours: Int32, theirs: Int32)
        do throws(SystemCallError) {
            status = try Self.pipe()
        } catch {
            close(output.ours)
            close(output.theirs)
            throw error
        }
        defer {
            close(output.theirs)
            close(status.theirs)
        }
        do throws(SystemCallError) {
            pid = try Self.spawn(program, arguments, environment, output: output.theirs, status: status.theirs)
        } catch {
            close(output.ours)
            close(status.ours)
            throw error
        }
        self.output = Stream(descriptor: output.ours)
        self.status = Stream(descriptor: status.ours)
    }

    deinit {
        close(output.descriptor)
        close(status.descriptor)
    }

    /// Listens until the program has ended.
    ///
    /// - Parameters:
    ///   - note: Takes each line.
    ///   - shouldEnd: Called regularly; the first time it returns `true`, the program receives SIGTERM.
    func run(_ note: (Line) -> Void, shouldEnd: () -> Bool) -> Ending {
        var isTold = false
        while true {
            listen(Self.patience, note)
            if !isTold, shouldEnd() {
                kill(pid, SIGTERM)
                isTold = true
            }
            if let ending = ending() {
                // What it wrote before is in the pipes.
                listen(0, note)
                if let line = output.splitter.rest() { note(.output(line)) }
                if let line = status.splitter.rest() { note(.status(line)) }
                return ending
            }
        }
    }

    /// Reads the output of the program, and waits for it if there is none.
    private func listen(_ patience: Int32, _ note: (Line) -> Void) {
        var polls = [output, status].map {
            pollfd(fd: $0.isOpen ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0)
        }
        _ = poll(&polls, 2, patience)
        for line in Self.read(&output) { note(.output(line)) }
        for line in Self.read(&status) { note(.status(line)) }
    }

    private static func read(_ stream: inout Stream) -> [String] {
        var lines: [String] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        // A program that writes without a pause must not keep this process from noticing that it should stop.
        for _ in 0..<64 where stream.isOpen {
            let count = Glibc.read(stream.descriptor, &buffer, buffer.count)
            if count > 0 {
                lines += stream.splitter.lines(buffer[..<count])
            } else if count < 0, errno == EINTR {
                continue
            } else {
                if count == 0 || errno != EAGAIN { stream.isOpen = false }
                break
            }
        }
        return lines
    }

    /// How it ended; `nil` if it has not.
    private func ending() -> Ending? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        return status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: status & 0x7F)
    }

    /// A pipe whose near end never makes a reader wait.
    private static func pipe() throws(SystemCallError) -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw SystemCallError("pipe", "") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String: String], output: Int32, status: Int32
    ) throws(SystemCallError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The pipes' ends may have any number: they are put out of the way of 0 to 3 first.
        let high: Int32 = 100
        posix_spawn_file_actions_adddup2(&actions, output, high)
        posix_spawn_file_actions_adddup2(&actions, status, high + 1)
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, high, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, high, STDERR_FILENO)
        posix_spawn_file_actions_adddup2(&actions, high + 1, Self.statusDescriptor)
        posix_spawn_file_actions_addclose(&actions, high)
        posix_spawn_file_actions_addclose(&actions, high + 1)

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
        guard code == 0 else { throw SystemCallError("start", program, code: code) }
        return pid
    }

    /// The descriptor on which programs report their progress.
    private static let statusDescriptor: Int32 = 3
}
