import Glibc
import JSONText
import Jet
import TestSupport
import Testing

@testable import JetCommand

@Suite("jet top")
struct TopTests {
    /// A bus on which "busy" changes all the time while `body` runs.
    private func withBusyBus(_ body: (TestBus) async throws -> Void) async throws {
        let bus = try await TestBus()
        let state = try await bus.peer.addState("busy", 0)
        try await bus.peer.addState("idle", 0)
        let changing = Task {
            for number in 0... {
                try state.change(number)
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        defer { changing.cancel() }
        try await body(bus)
    }

    @Test("--once looks once: counts, rates, the busiest States")
    func once() async throws {
        try await withBusyBus { bus in
            var run = try await bus.jet("top", "--once", "--every", "0.5")
            // On a machine with other things to do, "busy" may not have had its turn within half a second.
            for _ in 0..<20 where !run.output.contains("busy") {
                run = try await bus.jet("top", "--once", "--every", "0.5")
            }
            #expect(run.status == 0)
            #expect(run.lines.first?.hasPrefix("jetd ") == true)
            #expect(run.lines.contains { $0.hasPrefix("peers 2   slow 0   elements 2 ") })
            #expect(run.lines.contains { $0.hasPrefix("messages/s ") })
            #expect(run.lines.contains { $0.contains("  busy  ") })
            #expect(!run.output.contains("idle"))
        }
    }

    @Test("--json prints a line a look, until Ctrl-C")
    func json() async throws {
        try await withBusyBus { bus in
            let top = try bus.start(["top", "--json", "--every", "0.2"])
            try await top.wait {
                $0.filter { $0 == "\n" }.count >= 3 && $0.contains(#""path":"busy""#) && $0.hasSuffix("\n")
            }
            top.send(SIGINT)
            #expect(try await top.end() == 0)
            for line in top.text().split(separator: "\n") {
                let record = try JSON(parsing: String(line))
                #expect(record["statistics"]?["elements"] == 2)
                #expect(record["rates"]?["conflated"] == 0)
            }
            #expect(top.text().contains(#""path":"busy""#))
        }
    }

    @Test("keeps a screen on a terminal, and leaves it as it was")
    func screen() async throws {
        try await withBusyBus { bus in
            let top = try bus.start(["top", "--every", "0.2"], streams: .terminal(columns: 60, lines: 12))
            try await top.wait { $0.contains("busy") }
            top.send(SIGINT)
            #expect(try await top.end() == 0)
            #expect(top.text().hasPrefix(Screen.enter))
            #expect(top.text().hasSuffix(Screen.leave))
        }
    }

    @Test(.enabled(if: getuid() == 0, "root has the right"))
    func `Accounts and peers are shown to an operator, with rates for programs`() async throws {
        try await withBusyBus { bus in
            let run = try await bus.jet("top", "--once", "--every", "0.3")
            #expect(run.lines.contains { $0.hasSuffix("  account") })
            #expect(run.lines.contains { $0.contains("  uid \(getuid())") })
            #expect(run.lines.contains { $0.contains("  jet  jet[") }, "\(run.output)")
            let json = try await bus.jet("top", "--once", "--every", "0.3", "--json", "--peers", "--by", "messages")
            let record = try JSON(parsing: json.output)
            #expect(record["accounts"] == nil && record["busiest"] == nil)
            #expect(record["statistics"]?["fetchers"] == 0, "without States, nothing is fetched")
            let peers = try #require(record["peers"]?.array)
            #expect(peers.count == 2)
            #expect((peers[0]["rates"]?["messages"]?.double ?? 0) >= (peers[1]["rates"]?["messages"]?.double ?? 0))
            // On a busy machine either may have sent more.
            #expect(peers.contains { $0["elements"] == 2 })
            #expect(peers.contains { $0["command"] == "jet" })
            #expect(peers.allSatisfy { $0["uid"]?.int == Int(getuid()) && $0["system"] != nil })
        }
    }

    @Test func `A peer that is no operator is told what to do, and sees the rest`() async throws {
        let socket = "/tmp/jet-top-test-\(getpid()).sock"
        let daemon = try ChildProcess(
            TestBus.binary("jetd"), ["--unix-path", socket, "--tcp-port", "0", "--log-level", "error"])
        defer { unlink(socket) }
        try await daemon.wait { $0.contains("tcp://") }
        let words = daemon.text().split { $0 == " " || $0 == "\n" }
        let url = String(try #require(words.first { $0.hasPrefix("tcp://") }))
        let all = try ChildProcess(
            TestBus.binary("jet"), ["top", "--once", "--every", "0.2", "--connect", url])
        #expect(try await all.end() == 0)
        #expect(all.text().contains("\nAccounts and peers need the group operator: "))
        #expect(all.text().contains("messages/s "))
        let peers = try ChildProcess(TestBus.binary("jet"), ["top", "--once", "--peers", "--connect", url])
        #expect(try await peers.end() == 1)
        #expect(peers.text(.error) == "jet: \(UsageAbsence.noAccess.sentence)\n")
    }

    @Test("ends with 3 and a sentence when the daemon goes", .timeLimit(.minutes(2)))
    func daemonGone() async throws {
        let bus = try await TestBus()
        let top = try bus.start(["top", "--every", "0.2"])
        try await top.wait { $0.contains("peers") }
        try await bus.stopDaemon()
        #expect(try await top.end() == 3)
        #expect(top.text(.error).hasPrefix("jet: "))
    }

    @Test(
        "a wrong command line ends with 2",
        arguments: [
            ["--every", "0"], ["--most", "-1"], ["--rule", #"{"sort":{}}"#], ["--by", "beauty"], ["a/", "--peers"],
        ])
    func usage(arguments: [String]) async throws {
        let bus = try await TestBus()
        let top = try bus.start(["top"] + arguments)
        #expect(try await top.end() == 2)
    }
}
