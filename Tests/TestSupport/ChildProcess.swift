package import Glibc
import Synchronization

/// A program that a test runs: what it writes is collected as it comes, and it ends with the test at the latest.
package final class ChildProcess: Sendable {
    /// What its standard streams are.
    package enum Streams {
        /// Pipes, told apart.
        case pipes
        /// One terminal of this size for all three.
        case terminal(columns: UInt16, lines: UInt16)
    }

    /// One of its output streams; on a terminal all is `output`.
    package enum Stream { case output, error }

    /// What was waited for did not happen.
    package struct Overdue: Error, CustomStringConvertible { package let description: String }

    /// Its process id.
    package let pid: pid_t
    private let terminal: Int32
    private let record: Record

    /// Starts `program`, a path, with `arguments` and exactly `environment`.
    ///
    /// - Parameter descriptors: What it has open from the beginning, beside the standard streams: as 3, 4 and so on.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], streams: Streams = .pipes,
        descriptors: [Int32] = []
    ) throws {
        switch streams {
        case .pipes:
            let output = try Descriptors.pipe()
            let error = try Descriptors.pipe()
            pid = try Descriptors.spawn(
                program, arguments, environment, output: output.theirs, error: error.theirs, others: descriptors)
            terminal = -1
            record = Record(pid, [(output.ours, .output), (error.ours, .error)])
        case .terminal(let columns, let lines):
            let pair = try Descriptors.terminal(columns: columns, lines: lines)
            pid = try Descriptors.spawn(
                program, arguments, environment, output: pair.theirs, error: pair.theirs, others: descriptors)
            terminal = pair.ours
            record = Record(pid, [(pair.ours, .output)])
        }
    }

    deinit { send(SIGKILL) }

    /// Where the build has put one of this package's programs: beside the tests.
    package static func path(ofProduct name: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { throw Descriptors.Failed("readlink") }
        let path = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/"
            + name
    }

    /// Sends it a signal, if it is still there.
    package func send(_ signal: Int32) {
        record.state.withLock { if $0.exitStatus == nil { kill(pid, signal) } }
    }

    /// Types on its terminal.
    package func type(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(terminal, $0.baseAddress, $0.count) }
    }

    /// Gives its terminal another size.
    package func resize(columns: UInt16, lines: UInt16) {
        Descriptors.resize(terminal, columns: columns, lines: lines)
        send(SIGWINCH)
    }

    /// What it has written to a stream so far.
    package func text(_ stream: Stream = .output) -> String {
        record.state.withLock { String(decoding: stream == .output ? $0.output : $0.error, as: UTF8.self) }
    }

    /// Waits until `condition` holds for what it has written to a stream.
    package func wait(_ stream: Stream = .output, until condition: (String) -> Bool) async throws {
        try await wait { condition(self.text(stream)) }
    }

    /// Waits until it has ended and all that it wrote is here: its exit status.
    @discardableResult
    package func end() async throws -> Int32 {
        try await wait { self.record.state.withLock { $0.exitStatus != nil && $0.openStreams == 0 } }
        return record.state.withLock { $0.exitStatus ?? -1 }
    }

    private func wait(until condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !condition() {
            guard ContinuousClock.now < deadline else {
                throw Overdue(description: "Output: \(text().debugDescription) error: \(text(.error).debugDescription)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension ChildProcess {
    /// What is known of a process; filled by threads of its own, which end with the process.
    fileprivate final class Record: Sendable {
        struct State {
            var output: [UInt8] = []
            var error: [UInt8] = []
            var openStreams: Int
            var exitStatus: Int32?
        }

        let state: Mutex<State>

        init(_ pid: pid_t, _ streams: [(descriptor: Int32, stream: Stream)]) {
            state = Mutex(State(openStreams: streams.count))
            for (descriptor, stream) in streams { Descriptors.inBackground { self.collect(descriptor, stream) } }
            Descriptors.inBackground { self.reap(pid) }
        }

        private func collect(_ descriptor: Int32, _ stream: Stream) {
            // A terminal whose other end is closed is an error (EIO), a pipe an end.
            while let bytes = Descriptors.read(descriptor) {
                state.withLock { if stream == .output { $0.output += bytes } else { $0.error += bytes } }
            }
            state.withLock { $0.openStreams -= 1 }
            close(descriptor)
        }

        private func reap(_ pid: pid_t) {
            var information = siginfo_t()
            // Seen first, taken under the lock: nobody sends a signal to a process id that is free again.
            while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
            state.withLock {
                var status: Int32 = 0
                waitpid(pid, &status, 0)
                // As a shell counts: 128 and the signal for one that was killed.
                $0.exitStatus = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
            }
        }
    }
}
