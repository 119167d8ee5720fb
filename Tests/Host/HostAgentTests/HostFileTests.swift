import Files
import Testing

@testable import AgentCore
@testable import Providers

/// Reading the small files of the system: nothing is cut without saying so.
struct HostFileTests {
    private func tree(_ length: Int) throws -> (Tree, FilePath) {
        let tree = try Tree()
        tree.write("file", String(repeating: "a", count: length - 1) + "\n")
        return (tree, tree.filePath("file"))
    }

    @Test("a file that is as long as its limit is read, a longer one is refused")
    func limits() throws {
        let (tree, path) = try tree(100)
        defer { withExtendedLifetime(tree) {} }
        #expect(try HostFile.bytes(path, limit: 100).count == 100)
        #expect(try HostFile.contents(path, limit: 100).count == 100)
        for read in [HostFile.bytes, HostFile.contents] as [(FilePath, Int) throws -> [UInt8]] {
            #expect(throws: HostFileError("longer than 99 bytes")) { try read(path, 99) }
        }
        #expect(throws: HostFileError("longer than 64 bytes")) { try HostFile.integer(path) }
    }

    @Test("of a long file, whole lines are read from its beginning")
    func firstLines() throws {
        let tree = try Tree()
        tree.write("file", "one\ntwo\nthree\n")
        for (count, lines) in [(3, ""), (4, "one\n"), (7, "one\n"), (9, "one\ntwo\n"), (99, "one\ntwo\nthree\n")] {
            #expect(try HostFile.firstLines(tree.filePath("file"), count) == Array(lines.utf8))
        }
        #expect(try HostFile.beginning(tree.filePath("file"), 5) == Array("one\nt".utf8))
    }

    @Test("a list of mounts that is too long is not shown in part, and logged")
    func mounts() throws {
        let tree = try Tree()
        let log = MemoryLog()
        let line = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
        tree.write("proc/self/mountinfo", line + String(repeating: " ", count: 16 << 20))
        var filesystems = FilesystemProvider(Host(tree), logger: log.logger)
        #expect(filesystems.readings().isEmpty)
        #expect(log.said == ["warning cannot be read storage/filesystems"])
        tree.write(
            "proc/self/mountinfo", String(repeating: "2 0 0:1 / /proc rw - proc proc rw\n", count: 100_000) + line)
        #expect(filesystems.readings().map(\.path) == ["storage/filesystems/root"])
    }

    @Test("the configuration of the agent that is too long, or not UTF-8, is refused")
    func configuration() throws {
        let tree = try Tree()
        let path = tree.path("agent.toml")
        tree.write("agent.toml", String(repeating: "# a comment\n", count: 300_000) + "colour = \"red\"\n")
        let long = #expect(throws: (any Error).self) { try AgentConfiguration(path: path, of: []) }
        #expect("\(long, default: "")" == "\(path): This file has 3600015 bytes; a configuration has at most 1048576.")
        tree.write(
            "agent.toml", bytes: Array("# one\ngroup = \"a".utf8) + [0xFF, UInt8(ascii: "\""), UInt8(ascii: "\n")])
        let odd = #expect(throws: (any Error).self) { try AgentConfiguration(path: path, of: []) }
        #expect("\(odd, default: "")".hasPrefix("\(path):2: This line is not UTF-8"))
        tree.remove("agent.toml")
        #expect(throws: (any Error).self) { try AgentConfiguration(path: path, of: []) }
        #expect(throws: Never.self) { try AgentConfiguration(path: path, isOptional: true, of: []) }
    }
}
