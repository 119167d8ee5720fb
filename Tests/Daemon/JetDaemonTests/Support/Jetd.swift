import Glibc
import JetProtocol
import TestSupport

/// The program `jetd`, run by a test. It ends with the test at the latest.
final class Jetd: Sendable {
    private let process: ChildProcess
    /// The daemon's process id, which is another one than `process`'s if something runs the daemon for us.
    let pid: pid_t
    /// Where it says that it listens.
    let endpoints: [Endpoint]

    /// Starts it and waits until it listens.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - runner: A program and its arguments that runs it in some special way.
    ///   - program: Its path, if that is not where the build has put it.
    ///   - descriptors: What it has open from the beginning, as 3, 4 and so on.
    init(
        _ arguments: [String], by runner: [String] = [], environment: [String: String] = [:], program: String? = nil,
        descriptors: [Int32] = []
    ) throws {
        let words = runner + [try program ?? ChildProcess.path(ofProduct: "jetd")] + arguments
        let process = try ChildProcess(
            words[0], Array(words.dropFirst()), environment: environment, descriptors: descriptors)
        self.process = process
        // It prints all of its endpoints at once, and nothing else.
        try block { try await process.wait { $0.hasSuffix("\n") } }
        endpoints = try process.text().split(separator: "\n").map { line in
            try Endpoint(parsing: String(line.drop(while: { $0 != " " }).dropFirst()))
        }
        pid = Self.child(of: process.pid) ?? process.pid
    }

    /// What it has printed.
    var output: String { process.text() }
    /// What it has logged, and complained of.
    var errors: String { process.text(.error) }

    /// Sends it a signal.
    func send(_ signal: Int32) { kill(pid, signal) }

    /// Waits for its end: its exit status, or 128 and the signal that killed it.
    func end() throws -> Int32 { try block { try await self.process.end() } }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String, errors: String) {
        let process = try ChildProcess(
            ChildProcess.path(ofProduct: "jetd"), arguments, environment: environment)
        let status = try block { try await process.end() }
        return (status, process.text(), process.text(.error))
    }

    // MARK: What the system knows of it

    /// The memory that it has in use, in KiB.
    func residentMemory() throws -> Int { try number("VmRSS") }

    /// How often it has waited for something.
    func waits() throws -> Int { try number("voluntary_ctxt_switches") }

    /// How many descriptors it has open.
    func descriptors() throws -> Int {
        guard let folder = opendir("/proc/\(pid)/fd") else { throw Descriptors.Failed("/proc/\(pid)/fd") }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return count - 2
    }

    /// A number in proc_pid_status(5).
    private func number(_ name: String) throws -> Int {
        let text = try contents(of: "/proc/\(pid)/status")
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        let digits = line?.drop(while: { !$0.isNumber }).prefix(while: \.isNumber)
        guard let number = digits.flatMap({ Int($0) }) else { throw Descriptors.Failed("status of \(pid)", ESRCH) }
        return number
    }

    private static func child(of pid: pid_t) -> pid_t? {
        let text = try? contents(of: "/proc/\(pid)/task/\(pid)/children")
        return text?.split(separator: " ").first.flatMap { pid_t($0) }
    }
}

/// What a file holds.
func contents(of path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Descriptors.Failed(path) }
    defer { close(descriptor) }
    var contents: [UInt8] = []
    while let bytes = Descriptors.read(descriptor) { contents += bytes }
    return String(decoding: contents, as: UTF8.self)
}

/// Runs something that blocks with a folder and `jetd` listening in it and at a free port.
func withJetd<Result: Sendable>(
    _ arguments: [String] = [], by runner: [String] = [], _ body: @escaping @Sendable (Jetd) throws -> Result
) async throws -> Result {
    try await withFolder { folder in
        try await onOwnThread {
            let jetd = try Jetd(
                ["--unix-path", "\(folder)/jet.sock", "--tcp-port", "0"] + arguments, by: runner)
            return try body(jetd)
        }
    }
}
