import Files
import Glibc

/// A program of the system that `jet` runs, such as openssl(1) or systemctl(1): with these arguments, an environment of its
/// own, and an empty standard input.
struct ChildProgram: Sendable {
    /// How it ended, and what it wrote.
    struct Outcome: Hashable, Sendable {
        /// The exit status; as in a shell, 128 and the signal if one ended it.
        var status: Int32
        /// The standard output.
        var output: String
        /// The standard error.
        var error: String

        /// What it wrote last, for an error message.
        var lastLine: String {
            (error + "\n" + output).split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
                ?? "it ended with status \(status)"
        }
    }

    /// Where programs of the system are.
    static let folders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin"]

    /// The path of a program of the system; `nil` if it is not installed.
    static func path(of name: String) -> String? {
        folders.lazy.map { $0 + "/" + name }.first { access($0, X_OK) == 0 }
    }

    /// The most that is kept of what a program writes.
    private static var longest: Int { 1 << 20 }

    /// Runs a program to its end.
    ///
    /// - Throws: `SystemCallError` if it cannot be started.
    static func run(_ path: String, _ arguments: [String]) throws(SystemCallError) -> Outcome {
        let output = try pipe()
        let error: (ours: Int32, theirs: Int32)
        do throws(SystemCallError) {
            error = try pipe()
        } catch {
            close(output.ours)
            close(output.theirs)
            throw error
        }
        defer {
            close(output.ours)
            close(error.ours)
        }
        let started = Result { () throws(SystemCallError) in
            try spawn(path, arguments, output: output.theirs, error: error.theirs)
        }
        // Only the program has them now, so that their ends are its end.
        close(output.theirs)
        close(error.theirs)
        let pid = try started.get()
        let texts = read([output.ours, error.ours])
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return Outcome(
            status: status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F), output: texts[0], error: texts[1]
        )
    }

    /// Reads pipes to their ends.
    private static func read(_ descriptors: [Int32]) -> [String] {
        var texts = [[UInt8]](repeating: [], count: descriptors.count)
        var polls = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 8192)
        while polls.contains(where: { $0.fd >= 0 }) {
            guard poll(&polls, nfds_t(polls.count), -1) >= 0 || errno == EINTR else { break }
            for index in polls.indices where polls[index].fd >= 0 && polls[index].revents != 0 {
                let count = Glibc.read(polls[index].fd, &buffer, buffer.count)
                if count > 0 {
                    texts[index] += buffer[..<min(count, max(0, longest - texts[index].count))]
                } else if count == 0 || errno != EINTR {
                    polls[index].fd = -1
                }
            }
        }
        return texts.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func pipe() throws(SystemCallError) -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw SystemCallError("pipe", "") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ path: String, _ arguments: [String], output: Int32, error: Int32
    ) throws(SystemCallError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The pipes' ends may have any number: they are put out of the way of 0 to 2 first.
        let high: Int32 = 100
        posix_spawn_file_actions_adddup2(&actions, output, high)
        posix_spawn_file_actions_adddup2(&actions, error, high + 1)
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, high, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, high + 1, STDERR_FILENO)
        posix_spawn_file_actions_addclose(&actions, high)
        posix_spawn_file_actions_addclose(&actions, high + 1)

        // `jet` ignores SIGPIPE; the program must not.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

        var words = ([path] + arguments).map { strdup($0) } + [nil]
        let environment: [String] = ["PATH=\(folders.joined(separator: ":"))", "LC_ALL=C.UTF-8"]
        var variables = environment.map { strdup($0) } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, path, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw SystemCallError("start", path, code: code) }
        return pid
    }
}
