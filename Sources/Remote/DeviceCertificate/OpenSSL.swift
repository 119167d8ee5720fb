internal import Glibc

/// The program openssl(1), run with arguments that do not depend on any input. What varies is in files that this module
/// writes. No shell is involved.
package struct OpenSSL: Sendable {
    private let program: String

    /// How much of its output is kept for an error.
    private static let outputLimit = 2000

    /// The program at this path.
    package init(program: String = "/usr/bin/openssl") { self.program = program }

    /// Runs it, and waits until it has ended.
    ///
    /// - Parameters:
    ///   - folder: The folder with its files. The configuration finds it in the environment: `$ENV::JET_WORK`.
    ///   - arguments: Those that begin with `./` are files in the folder.
    /// - Throws: `CertificateError`, with the last line of its output if it failed.
    package func run(in folder: String, _ arguments: String...) throws(CertificateError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.notStarted(errno) }
        defer { close(ends[0]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let started = Result { () throws(CertificateError) in try start(in: folder, arguments, output: ends[1]) }
        close(ends[1])
        let pid = try started.get()
        let output = Self.output(of: ends[0])
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            let line = output.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
            throw CertificateError(.openSSLFailed, "'openssl \(arguments.first ?? "")' failed\(line)")
        }
    }

    private func start(in folder: String, _ arguments: [String], output: Int32) throws(CertificateError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        // Signals have their default effect in it, whatever this process does with them.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        let files = arguments.map { $0.hasPrefix("./") ? folder + $0.dropFirst() : $0 }
        var words = ([program] + files).map { strdup($0) } + [nil]
        var variables = [strdup("LC_ALL=C"), strdup("JET_WORK=\(folder)"), nil]
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw code == ENOENT && access(program, F_OK) != 0 ? missing : Self.notStarted(code) }
        return pid
    }

    private var missing: CertificateError {
        CertificateError(
            .noOpenSSL, "there is no \(program); install the package openssl: apt install openssl")
    }

    private static func notStarted(_ code: Int32) -> CertificateError {
        CertificateError(.openSSLFailed, "cannot start openssl: \(String(cString: strerror(code)))")
    }

    /// What it writes until it ends; the end of it, if it is long.
    private static func output(of descriptor: Int32) -> String {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            output += buffer[..<count]
            if output.count > outputLimit { output.removeFirst(output.count - outputLimit) }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
