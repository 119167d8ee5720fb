import Glibc
import Jet
import JetBench
import TestSupport
import Testing

@testable import JetCommand

/// `jet` and `jetd` as processes: what is printed, and how it ends. What is measured, the tests of JetBench ask.
@Suite("jet bench")
struct BenchTests {
    static let small: [[String]] = [
        ["fan-out", "--count", "100", "--warm-up", "10", "--subscribers", "2", "--states", "5"],
        ["route", "--count", "50", "--warm-up", "0"],
        ["add", "--count", "50", "--warm-up", "5", "--fetchers", "3", "--predicate", "endsWith"],
        ["snapshot", "--count", "1", "--states", "20"],
        ["sorted", "--count", "50", "--warm-up", "5", "--states", "20"],
        ["connections", "--count", "5", "--changes", "2"],
    ]

    @Test("prints a record with --json that has the documented members", arguments: small)
    func json(arguments: [String]) async throws {
        let bus = try await TestBus()
        let process = try bus.start(["bench"] + arguments + ["--json", "--repeat", "2", "--timeout", "30"])
        #expect(try await process.end() == 0, "\(process.text(.error))")
        let lines = process.text().split(separator: "\n")
        #expect(lines.count == 1)
        let record = try JSON(parsing: String(try #require(lines.first)))
        #expect(record["mode"]?.string == arguments[0])
        #expect(record["transport"] == "unix")
        #expect(record["endpoint"]?.string == bus.endpoint.description)
        #expect((record["pid"]?.int ?? 0) > 1)
        #expect(record["settings"]?["count"]?.int == Int(arguments[2]))
        #expect(record["rounds"]?.array?.count == 2)
        let figures = try #require(record["figures"]?.object)
        #expect(figures.contains { $0.name.hasSuffix("PerSecond") && ($0.value.double ?? 0) > 0 })
        for name in [
            "latencyP50", "latencyP90", "latencyP99", "latencyP999", "latencyMax", "memoryBefore", "memoryAfter",
        ] {
            #expect((figures[name]?.double ?? 0) > 0, "\(name)")
        }
        #expect(figures.allSatisfy { Figure(rawValue: $0.name) != nil })
        #expect(process.text(.error) == "")
    }

    @Test("prints a table with a column for each transport, and ratios to the first")
    func table() async throws {
        let bus = try await TestBus()
        let url = bus.endpoint.description
        let run = try await bus.jet(
            "bench", "route", "--count", "50", "--warm-up", "0", "--transport", "unix", "--transport", url, "--repeat",
            "2", "--connect", url, "--timeout", "30")
        #expect(run.status == 0)
        #expect(run.lines.first == "route: 50 sets of 32 bytes, 64 in flight; medians of 2 rounds")
        let sets = run.lines.first { $0.hasPrefix("sets per second") }
        #expect(sets?.contains("×") == true)
        #expect(run.lines.first { $0.contains(url) }?.split(separator: " ").count == 2)
        #expect(try await bus.jet("ls").status == 5, "nothing is left behind")
    }

    @Test("hostile starts a daemon for each attack, and prints a record for each", .timeLimit(.minutes(10)))
    func hostile() async throws {
        // It finds the jetd beside it.
        let process = try ChildProcess(
            TestBus.binary("jet"), ["bench", "hostile", "--scale", "0.005", "--seconds", "0.2", "--json"])
        while !process.text().contains(#""attack":"unread""#) && kill(process.pid, 0) == 0 {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await process.end() == 0, "\(process.text(.error))")
        let records = try process.text().split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(records.compactMap { $0["attack"]?.string } == ["none"] + Attacks.names)
        for record in records {
            let name = record["attack"]?.string ?? ""
            #expect(record["mode"] == "hostile")
            #expect(record["problems"] == [], "\(name)")
            #expect((record["pid"]?.int ?? 0) > 1)
            #expect((record["memory"]?.int ?? 0) > 1_000_000)
            for conversation in ["echo", "set", "connect"] {
                let times = record["latencies"]?[conversation]
                #expect((times?["count"]?.int ?? 0) > 0, "\(name) \(conversation)")
                let ascending = ["median", "p99", "max"].compactMap { times?[$0]?.double }
                #expect(ascending.count == 3 && ascending == ascending.sorted())
            }
            let answered = record["answered"]?.int ?? 0
            #expect(answered <= record["sent"]?.int ?? -1)
            if name != "none" { #expect((record["connections"]?.int ?? 0) > 0, "\(name)") }
        }
        #expect(records.first { $0["attack"] == "fetches" }?["latencies"]?["batch"] != nil)
        let logins = records.first { $0["attack"] == "logins" }
        #expect((logins?["latencies"]?["login"]?["count"]?.int ?? 0) > 0)
        // On a busy machine none of the guesses may have been answered in that time.
        #expect((logins?["sent"]?.int ?? 0) > 0)
    }

    @Test("compares by records, too")
    func ratios() async throws {
        let bus = try await TestBus()
        let url = bus.endpoint.description
        let run = try await bus.jet(
            "bench", "snapshot", "--states", "20", "--count", "1", "--transport", url, "--transport", url, "--json",
            "--timeout", "30")
        let records = try run.lines.map { try JSON(parsing: $0) }
        #expect(records.map { $0["ratios"] == nil } == [true, false])
        #expect((records.last?["ratios"]?["statesPerSecond"]?.double ?? 0) > 0)
    }

    @Test(
        "refuses what cannot be measured, in a sentence",
        arguments: [
            (["fan-out", "--count", "0"], "--count must be a number of changes from 1 to 10000000, not 0."),
            (["fan-out", "--size", "25"], "--size must be a number of bytes from 26 to 1048576, not 25."),
            (["fan-out", "--subscribers", "0"], "--subscribers must be a number of peers"),
            (["fan-out", "--in-flight", "0"], "--in-flight must be a number of requests"),
            (["fan-out", "--in-flight", "60000", "--size", "1000"], "must not exceed 4 MiB"),
            (["fan-out", "--fetchers", "1000001"], "--fetchers must be a number of fetchers"),
            (["fan-out", "--transport", "carrier-pigeon"], "'carrier-pigeon' is no transport"),
            (["fan-out", "--transport", "tcp://"], "the host is missing"),
            (["route", "--repeat", "0"], "--repeat must be a number of rounds"),
            (["route", "--daemon-pid", "0"], "--daemon-pid must be a process ID"),
            (["add", "--predicate", "looksLike"], "looksLike"),
            (["add", "--count", "1000001"], "--count must be a number of States"),
            (["snapshot", "--states", "0"], "--states must be a number of States"),
            (["sorted", "--warm-up=-1"], "--warm-up"),
            (["connections", "--changes", "0"], "--changes must be a number of changes"),
            (["hostile", "--attack", "charm"], "There is no attack 'charm': lua-patterns, "),
            (["hostile", "--seconds", "0"], "--seconds must be a number of seconds from 0.1 to 3600."),
            (["hostile", "--scale", "2"], "--scale must be a number above 0, at most 1."),
            (["hostile", "--daemon-pid", "7"], "--daemon-pid needs --connect."),
            (["swim"], "swim"),
        ])
    func refused(arguments: [String], says: String) async throws {
        let process = try ChildProcess(TestBus.binary("jet"), ["bench"] + arguments)
        #expect(try await process.end() == 2)
        #expect(process.text(.error).contains(says), "\(process.text(.error))")
        #expect(process.text() == "")
    }

    @Test("says where no daemon is, and ends with 3")
    func absent() async throws {
        let process = try ChildProcess(
            TestBus.binary("jet"), ["bench", "route", "--connect", "unix:/tmp/no-such-folder/jet.sock"])
        #expect(try await process.end() == 3)
        #expect(
            process.text(.error)
                == "jet: Cannot connect to unix:/tmp/no-such-folder/jet.sock: No such file or directory.\n")
    }

    @Test("writes numbers so that people can read them")
    func numbers() {
        #expect(BenchReport.grouped(1_234_567.8) == "1,234,568")
        #expect([999, 1000, 0].map(BenchReport.grouped) == ["999", "1,000", "0"])
        #expect(BenchReport.fixed(0.046, 2) == "0.05")
        #expect(BenchReport.fixed(12.345, 1) == "12.3")
        #expect(BenchReport.fixed(7, 0) == "7")
    }
}
