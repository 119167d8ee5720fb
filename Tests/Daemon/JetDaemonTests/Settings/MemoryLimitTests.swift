import Glibc
import Testing

@testable import JetdCommand

/// How much memory the daemon may use.
@Suite("jetd: its memory")
struct MemoryLimitTests {
    /// A folder with the files of a process in the group `/a.slice/b.service`.
    private func limit(_ limits: [String: String], groups: String = "0::/a.slice/b.service\n") async throws
        -> MemoryLimit
    {
        try await withFolder { root in
            for folder in ["proc", "proc/self", "sys", "sys/fs", "sys/fs/cgroup", "sys/fs/cgroup/a.slice"] {
                mkdir("\(root)/\(folder)", 0o700)
            }
            mkdir("\(root)/sys/fs/cgroup/a.slice/b.service", 0o700)
            try write(groups, to: "\(root)/proc/self/cgroup")
            for (group, text) in limits { try write(text, to: "\(root)/sys/fs/cgroup/\(group)/memory.max") }
            return MemoryLimit(root: root, physical: 1 << 30)
        }
    }

    @Test("it is the limit of its control group")
    func own() async throws {
        let limit = try await limit(["a.slice/b.service": "1048576\n", "a.slice": "max\n"])
        #expect(limit.bytes == 1_048_576 && limit.source == "/a.slice/b.service")
    }

    @Test("it is that of a group above, if that is lower")
    func ancestor() async throws {
        let limit = try await limit(["a.slice/b.service": "2097152\n", "a.slice": "1048576\n"])
        #expect(limit.bytes == 1_048_576 && limit.source == "/a.slice")
    }

    @Test(
        "without a limit it is the memory of the machine", arguments: ["0::/a.slice/b.service\n", "4:memory:/x\n", ""])
    func machine(groups: String) async throws {
        let limit = try await limit(["a.slice/b.service": "max\n"], groups: groups)
        #expect(limit.bytes == 1 << 30 && limit.source == "machine")
    }

    @Test("the machine has some")
    func physical() { #expect(MemoryLimit().bytes > 1 << 24 && MemoryLimit.physical < .max) }
}
