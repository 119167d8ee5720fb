import Jet
import TestSupport
import Testing

@testable import JetCommand

/// `jet` and `jetd` as processes: what is printed, and how it ends.
@Suite("jet")
struct ToolTests {
    @Test("info says which daemon answers, and where")
    func info() async throws {
        let bus = try await TestBus()
        let run = try await bus.jet("info")
        func shows(_ name: String, _ text: String) -> Bool {
            run.lines.contains { $0.hasPrefix("\(name)  ") && $0.hasSuffix(" \(text)") }
        }
        #expect(shows("endpoint", "\(bus.endpoint)"))
        #expect(shows("protocol", "1.1.0"))
        #expect(shows("peers", "2"))
        #expect(shows("conflated", "0"))
        let json = try JSON(parsing: try await bus.jet("info", "--json").output.filter { $0 != "\n" })
        #expect(json["name"] == "jetd")
        #expect(json["endpoint"]?.string == bus.endpoint.description)
        #expect(json["statistics"]?["peers"] == 2)
    }

    @Test("finds the bus by --connect, whatever the environment says")
    func connect() async throws {
        let bus = try await TestBus()
        let environment = ["JET_CONNECT": "unix:/nowhere"]
        #expect(try await bus.jet("info", "--connect", bus.endpoint.description, environment: environment).status == 0)
        #expect(try await bus.jet("info", environment: environment).status == 3)
    }

    @Test(
        "ends with 3 if no daemon listens, and says how to name another one",
        arguments: ["unix:/nowhere", "tcp://127.0.0.1:1"])
    func noListener(url: String) async throws {
        let bus = try await TestBus()
        let run = try await bus.jet("ls", "--connect", url)
        #expect(run.status == 3)
        #expect(run.error.contains(url))
        #expect(run.error.contains("--connect URL"))
    }

    @Test("ends with 4 when what listens there never answers")
    func silence() async throws {
        let bus = try await TestBus()
        let silent = try SilentListener()
        let run = try await bus.jet("ls", "--connect", "tcp://127.0.0.1:\(silent.port)", "--timeout", "5")
        #expect(run.status == 4)
    }

    @Test(
        "ends with 2 when the command line is wrong, and says how it should be",
        arguments: [
            ["fly"], ["ls", "--fast"], ["get", ""], ["set", "a"], ["set", "a", "on"], ["call", "a", "{"],
            ["ls", "--timeout", "0"], ["ls", "--timeout", "-1"], ["ls", "--connect", "no where"],
            ["ls", "--rule", "{"],
            ["ls", "--rule", #"{"path":{"startWith":"a"}}"#], ["ls", "-i"], ["ls", "a\\"], ["ls", "--color", "pink"],
            ["watch", "--table", "--json"], ["watch", "--count", "0"], ["watch", "--once", "--count", "1"],
        ])
    func usage(arguments: [String]) async throws {
        let bus = try await TestBus()
        let process = try bus.start(arguments)
        #expect(try await process.end() == 2)
        #expect(process.text() == "")
        #expect(process.text(.error).hasPrefix("jet: "))
        #expect(process.text(.error).contains("Usage: jet"))
    }

    @Test("ends with 2 when JET_CONNECT is no endpoint")
    func badEnvironment() async throws {
        let bus = try await TestBus()
        let run = try await bus.jet("ls", environment: ["JET_CONNECT": "http://nowhere"])
        #expect(run.status == 2)
        #expect(run.error.contains("JET_CONNECT"))
    }

    @Test(
        "documents its exit codes, and each verb has examples",
        arguments: [
            [], ["ls"], ["get"], ["watch"], ["set"], ["call"], ["info"], ["top"], ["passwd"], ["pair"], ["keys"],
            ["context"], ["forget"], ["tls"], ["remote"], ["discover"],
        ])
    func help(verb: [String]) async throws {
        let bus = try await TestBus()
        let process = try bus.start(verb + ["--help"])
        #expect(try await process.end() == 0)
        let text = process.text()
        #expect(text.contains(verb.isEmpty ? "5  nothing matched" : "Examples:"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE") })
    }

    @Test(
        "options of the connection may be before the verb",
        arguments: [
            (["-c", "shed", "ls"], ["ls", "-c", "shed"]),
            (["--connect=h", "--json", "get", "a"], ["get", "a", "--connect=h", "--json"]),
            (["--user", "u", "set", "a", "--", "-1"], ["set", "a", "--user", "u", "--", "-1"]),
            (["-c", "shed"], ["-c", "shed"]), (["-c"], ["-c"]), (["--help"], ["--help"]),
            (["ls", "-c", "a"], ["ls", "-c", "a"]),
            (["-c", "a", "--help"], ["-c", "a", "--help"]), ([], []),
            (["-c", "a", "keys", "remove", "k"], ["keys", "remove", "k", "-c", "a"]),
        ])
    func leadingOptions(arguments: [String], moved: [String]) {
        #expect(LeadingOptions.moved(arguments) == moved)
    }

    @Test("the daemon may be named before the verb")
    func connectBeforeVerb() async throws {
        let bus = try await TestBus()
        let run = try await bus.jet(
            "--connect", bus.endpoint.description, "--json", "info", environment: ["JET_CONNECT": "unix:/nowhere"])
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("{"))
        #expect(try await bus.jet("--connect", bus.endpoint.description).status == 2)
    }

    @Test("completes paths of the living bus")
    func completion() async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("lamp/on", true)
        try await bus.peer.addMethod("lamp/blink") { (_: JSON) in true }
        try await bus.peer.addState("$(reboot)", 1)
        func complete(_ verb: String) async throws -> [String] {
            try await bus.jet("---completion", verb, "--", "positional@0", "2", "0", "jet", verb, "").lines
        }
        #expect(try await complete("get") == ["lamp/blink", "lamp/on"])
        #expect(try await complete("set") == ["lamp/on"])
        #expect(try await complete("call") == ["lamp/blink"])
        #expect(try await bus.jet("--generate-completion-script", "bash").status == 0)
    }

    @Test(
        "offers a shell no path that it would act on",
        arguments: [
            ("net/eth0/rx-bytes", true), ("温度/1.5_%", true), ("$(reboot)", false), ("`id`", false), ("a b", false),
            ("a;b", false), ("~", false), ("a\"b", false), (#"a\b"#, false), ("a:b", false), ("a\u{1B}", false),
        ])
    func harmless(path: String, isHarmless: Bool) {
        #expect(PathCompletion.isHarmless(path) == isHarmless)
    }

    @Test("ends quietly, as done, when the reader of its output has enough")
    func closedOutput() async throws {
        let bus = try await TestBus()
        for index in 0..<3 { try await bus.peer.addState("s/\(index)", index) }
        let jet = try TestBus.binary("jet")
        let script = "'\(jet)' watch --connect \(bus.endpoint) | head -n 1; echo ${PIPESTATUS[0]}"
        let shell = try ChildProcess("/bin/bash", ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
        #expect(try await shell.end() == 0)
        #expect(shell.text().hasSuffix("\n0\n"))
        #expect(shell.text(.error) == "")
    }
}
