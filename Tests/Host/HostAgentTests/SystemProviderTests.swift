import JSONText
import Testing

@testable import AgentCore
@testable import Providers

/// What the host says of itself.
struct SystemProviderTests {
    @Test("a fact that cannot be read costs only itself, and is logged once")
    func missingFact() throws {
        let tree = try Board.raspberryPi.tree()
        let log = MemoryLog()
        tree.remove("proc/loadavg")
        tree.write("proc/uptime", "soon\n")
        var system = SystemProvider(Host(tree), logger: log.logger)
        for _ in 0..<3 {
            #expect(
                system.readings().map(\.path) == [
                    "system/memory", "system/kernel", "system/boot-id", "system/os",
                ])
        }
        #expect(log.said == ["warning cannot be read system/uptime", "warning cannot be read system/load"])
    }

    @Test("a whole minute is a new uptime")
    func uptime() throws {
        let tree = try Tree()
        var board = StateBoard()
        var system = SystemProvider(Host(tree), logger: MemoryLog().logger)
        let steps = ["7.01 0.00", "66.99 0.00", "67.00 0.00"].flatMap { text in
            tree.write("proc/uptime", text + "\n")
            return board.apply(system.readings(), of: "system").publications
        }
        #expect(steps.dropFirst() == [.change(path: "system/uptime", value: 67)])
    }

    @Test("memory that trembles is not published, memory that is used is")
    func memory() throws {
        let tree = try Tree()
        var board = StateBoard()
        var system = SystemProvider(Host(tree), logger: MemoryLog().logger)
        let steps = [500_000, 500_999, 501_000, 500_500].flatMap { free in
            tree.write("proc/meminfo", "MemTotal:        1000000 kB\nMemFree:          \(free) kB\n")
            return board.apply(system.readings(), of: "system").publications
        }
        #expect(
            steps.dropFirst() == [
                .change(path: "system/memory", value: ["total": 1_024_000_000, "free": 513_024_000])
            ])
    }

    @Test("a size beyond 64 bits is left out, not wrapped")
    func overflow() throws {
        let tree = try Tree()
        tree.write("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 9223372036854775807 kB\nCached: many kB\nBuffers:\n")
        #expect(try Memory.reading(Host(tree)).value == ["total": 1_024_000])
    }

    @Test(
        "os-release is quoted as in a shell",
        arguments: [
            (#"A=plain"#, "plain"), (#"A="two words""#, "two words"), (#"A='$HOME \n'"#, #"$HOME \n"#),
            (#"A="a \"b\" \\ \$c""#, #"a "b" \ $c"#), (#"A="#, ""), (#"A="never closed"#, "never closed"),
            (#"A=it"'"s"#, "it's"), (#"A=x\"#, "x"), ("A=\"a=b\"", "a=b"),
        ])
    func quoting(line: String, value: String) { #expect(OSRelease.parse(line)["A"] == value) }

    @Test("remarks and lines without an assignment are no fields")
    func remarks() { #expect(OSRelease.parse("#A=1\n\nB\n = \nC=3\r\n") == [" ": " ", "C": "3"]) }

    @Test("an os-release that is too long is not cut, but not shown, and logged")
    func longFile() throws {
        let tree = try Tree()
        let log = MemoryLog()
        tree.write("etc/os-release", "ID=debian\n" + String(repeating: "#", count: 64 * 1024))
        var system = SystemProvider(Host(tree), logger: log.logger)
        #expect(!system.readings().map(\.path).contains("system/os"))
        let index = try #require(log.said.firstIndex(of: "warning cannot be read system/os"))
        #expect(log.metadata[index]["reason"] == "longer than 65536 bytes")
    }

    @Test("an empty os-release says what the specification lets it mean")
    func defaults() throws {
        let tree = try Tree()
        tree.write("etc/os-release", "")
        #expect(try OSRelease.reading(Host(tree))?.value == ["id": "linux", "name": "Linux", "prettyName": "Linux"])
    }
}
