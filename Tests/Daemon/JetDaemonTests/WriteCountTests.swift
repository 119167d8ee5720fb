import Glibc
import JetProtocol
import TestSupport
import Testing

/// The rule that decides over the daemon's speed: one write for each peer and turn of the loop, not one for each message.
@Suite("Writes to sockets", .timeLimit(.minutes(5)))
struct WriteCountTests {
    @Test(
        "50,000 changes to one subscriber take far fewer writes than messages",
        .enabled("needs strace, and the right to trace processes") { await canTrace() })
    func writes() async throws {
        try await withFolder { folder in
            try await onOwnThread {
                let summary = "\(folder)/summary"
                let calls = ["write", "writev", "sendto", "sendmsg"]
                let jetd = try Jetd(
                    ["--unix-path", "\(folder)/jet.sock"],
                    by: [
                        "/usr/bin/strace", "-f", "-c", "-o", summary, "-e", "trace=\(calls.joined(separator: ","))",
                    ])
                try streamChanges(50_000, at: jetd.endpoints[0])
                jetd.send(SIGTERM)
                let status = try jetd.end()
                #expect(status == 0)
                // % time, seconds, usecs/call, calls, errors (may be missing), syscall
                let lines = try contents(of: summary).split(separator: "\n").map { $0.split(separator: " ") }
                let counts = lines.filter { $0.count > 4 && calls.contains(String($0[$0.count - 1])) }.map {
                    Int($0[3]) ?? 0
                }
                let count = counts.reduce(0, +)
                #expect(count > 10, "the summary was read")
                #expect(count < 5_000)
            }
        }
    }

    private static func canTrace() async -> Bool {
        guard let process = try? ChildProcess("/usr/bin/strace", ["-o", "/dev/null", "/bin/true"]) else { return false }
        return (try? await process.end()) == 0
    }
}
