import Files
import Glibc
import JetProtocol
import JetUsers

/// A `jetd` that a measurement has started, in a temporary folder of its own, with the users of `Account`.
///
/// It is killed, by its process ID, when this object is released.
final class StartedDaemon {
    /// The process.
    let process: DaemonProcess
    /// The unix socket.
    let unix: Endpoint
    /// The TCP port.
    let tcp: Endpoint
    private let folder: String
    private var isReaped = false

    /// Starts `program` and waits until it listens.
    ///
    /// - Parameter descriptors: The number of file descriptors that it may have, if it is not that of this process.
    /// - Throws: `BenchError.impossible` if it does not start.
    init(_ program: String, users: UserTable, descriptors: Int? = nil) throws(BenchError) {
        folder = try Self.makeFolder()
        let (path, file, log) = (folder + "/jet.sock", folder + "/users.json", folder + "/log")
        do {
            try UserFile(file).update(creating: true) { $0 = users }
        } catch {
            throw .impossible("Cannot write \(file): \(error).")
        }
        var words = [
            program, "--unix-path", path, "--tcp-port", "0", "--users", file, "--log-level", "error", "--name", "bench",
        ]
        if let descriptors { words = ["/bin/sh", "-c", #"ulimit -n \#(descriptors); exec "$0" "$@""#] + words }
        process = DaemonProcess(pid: try Self.spawn(words, log: log))
        unix = .unix(path: path)
        do throws(BenchError) {
            tcp = try Self.port(of: process.pid, in: log)
        } catch {
            Self.end(process.pid, folder)
            throw error
        }
        // Its folder lets only those in who know the path; they are the peers of this measurement, as any user.
        chmod(path, 0o666)
    }

    deinit {
        if isReaped { Self.empty(folder) } else { Self.end(process.pid, folder) }
    }

    /// How the process ended, in words; `nil` while it runs.
    func ending() -> String? {
        guard !isReaped else { return "it was killed" }
        var status: Int32 = 0
        guard waitpid(process.pid, &status, WNOHANG) == process.pid else { return nil }
        isReaped = true
        let signal = status & 0x7F
        let last = DaemonProcess.text(folder + "/log")?.split(separator: "\n").last.map { ": \($0.prefix(200))" } ?? ""
        return (signal == 0 ? "it exited with \(status >> 8 & 0xFF)" : "signal \(signal) ended it") + last
    }

    /// Kills the process.
    func kill() {
        guard !isReaped else { return }
        Self.kill(process.pid)
        isReaped = true
    }

    // MARK: Processes and files

    private static func makeFolder() throws(BenchError) -> String {
        var template = Array("/tmp/jet-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .impossible("Cannot create a folder in /tmp: \(systemError()).") }
        let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        chmod(folder, 0o711)
        return folder
    }

    private static func spawn(_ words: [String], log: String) throws(BenchError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var arguments = words.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/bin:/bin"), nil]
        defer { for text in arguments + environment { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, words[0], &actions, nil, &arguments, &environment)
        guard code == 0 else { throw .impossible("Cannot run \(words[0]): \(String(cString: strerror(code))).") }
        return pid
    }

    /// Waits for the lines `listening …` of both sockets.
    private static func port(of pid: pid_t, in log: String) throws(BenchError) -> Endpoint {
        for _ in 0..<2000 {
            usleep(5_000)
            let lines = (DaemonProcess.text(log) ?? "").split(separator: "\n")
            let listening = lines.compactMap { line -> Endpoint? in
                guard let word = line.split(separator: " ").last, line.contains("listening") else { return nil }
                return try? Endpoint(parsing: String(word))
            }
            let isTCP = { (endpoint: Endpoint) in if case .tcp = endpoint { true } else { false } }
            if listening.count >= 2, let tcp = listening.first(where: isTCP) { return tcp }
            // With WNOWAIT the process can still be waited for.
            var status = siginfo_t()
            if waitid(P_PID, id_t(pid), &status, WEXITED | WNOHANG | WNOWAIT) == 0, status.si_signo == SIGCHLD {
                throw .impossible("jetd did not start: \(lines.last ?? "it printed nothing")")
            }
        }
        throw .impossible("jetd did not listen within 10 s.")
    }

    private static func kill(_ pid: pid_t) {
        Glibc.kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }

    private static func end(_ pid: pid_t, _ folder: String) {
        kill(pid)
        empty(folder)
    }

    private static func empty(_ folder: String) {
        for name in File.names(in: FilePath(folder)) { File.remove("\(folder)/\(name.text)") }
        rmdir(folder)
    }
}

extension StartedDaemon {
    /// The `jetd` that belongs to this program: beside it, or the installed one.
    static func program() throws(BenchError) -> String {
        let own = File.link("/proc/self/exe").map { File.folder(of: $0.text) + "/jetd" }
        let candidates = [own, "/usr/bin/jetd", "/usr/sbin/jetd", "/usr/local/bin/jetd"].compactMap(\.self)
        guard let found = candidates.first(where: { access($0, X_OK) == 0 }) else {
            throw .impossible("There is no jetd beside this program, nor in /usr/bin.")
        }
        return found
    }
}
