import Jet
import TestSupport
import Testing

@testable import JetCommand

/// `jet` and `jetd` as processes: what is printed, and how it ends.
@Suite("jet ls and jet get")
struct ReadingTests {
    /// A bus with something of everything.
    private func bus() async throws -> TestBus {
        let bus = try await TestBus()
        let unit = Metadata(unit: "°C")
        try await bus.peer.addState("cpu/temperature", 48.5, options: ElementOptions(meta: unit))
        try await bus.peer.addState("lamp/on", true) { _ in .accept }
        try await bus.peer.addState("lamp/Color", "red") { _ in .accept }
        try await bus.peer.addMethod("lamp/blink") { (_: JSON) in true }
        return bus
    }

    @Test("ls shows every element, sorted by path")
    func list() async throws {
        let bus = try await bus()
        let run = try await bus.jet("ls")
        #expect(run.status == 0)
        #expect(
            run.lines == [
                "state   cpu/temperature  48.5 °C", #"state   lamp/Color       "red""#, "method  lamp/blink",
                "state   lamp/on          true",
            ])
        #expect(run.error == "")
    }

    @Test("ls --json is one object a line")
    func listJSON() async throws {
        let bus = try await bus()
        let run = try await bus.jet("ls", "--json")
        #expect(
            run.lines == [
                #"{"path":"cpu/temperature","kind":"state","value":48.5,"fetchOnly":true,"meta":{"unit":"°C"}}"#,
                #"{"path":"lamp/Color","kind":"state","value":"red"}"#,
                #"{"path":"lamp/blink","kind":"method"}"#,
                #"{"path":"lamp/on","kind":"state","value":true}"#,
            ])
    }

    @Test(
        "a PATH-RULE says which",
        arguments: [
            (["lamp/"], ["lamp/Color", "lamp/blink", "lamp/on"]), (["*o*"], ["lamp/Color", "lamp/on"]),
            (["lamp/c*", "-i"], ["lamp/Color"]), (["lamp/on"], ["lamp/on"]),
            (["--rule", #"{"path":{"endsWith":"e"}}"#], ["cpu/temperature"]), (["--rule", "{}", "*"], []),
        ])
    func rules(arguments: [String], paths: [String]) async throws {
        let bus = try await bus()
        let process = try bus.start(["ls", "--json"] + arguments)
        let status = try await process.end()
        let found = process.text().split(separator: "\n").compactMap { try? JSON(parsing: String($0))["path"]?.string }
        #expect(found == paths)
        #expect(status == (paths.isEmpty ? ExitStatus.usage : .done).rawValue)
    }

    @Test("a rule that sorts decides the order")
    func sorted() async throws {
        let bus = try await TestBus()
        for (path, value) in [("a", 1), ("b", 3), ("c", 2)] { try await bus.peer.addState(path, value) }
        let rule = #"{"value":{"greaterThan":1},"sort":{"byValue":"number","descending":true}}"#
        #expect(try await bus.jet("ls", "--rule", rule).lines == ["state   b  3", "state   c  2"])
        #expect(try await bus.jet("watch", "--rule", rule).status == 2)
    }

    @Test("get of one path is the value alone, in JSON")
    func getOne() async throws {
        let bus = try await bus()
        #expect(try await bus.jet("get", "cpu/temperature").output == "48.5\n")
        #expect(try await bus.jet("get", "lamp/Color").output == "\"red\"\n")
    }

    @Test("get of several is path, value and unit, and leaves Methods out")
    func getMany() async throws {
        let bus = try await bus()
        #expect(try await bus.jet("get", "*").lines.last == "lamp/on          true")
        #expect(try await bus.jet("get", "*").lines.count == 3)
        #expect(
            try await bus.jet("get", "lamp/on", "--json").lines == [#"{"path":"lamp/on","kind":"state","value":true}"#])
    }

    @Test(
        "what is not there ends with 5 and a hint",
        arguments: [["get", "lamp"], ["ls", "lamp"], ["get", "lamp/blink"]])
    func nothing(arguments: [String]) async throws {
        let bus = try await bus()
        let process = try bus.start(arguments)
        #expect(try await process.end() == 5)
        #expect(process.text() == "")
        let isMethod = arguments[1] == "lamp/blink"
        #expect(process.text(.error).contains(isMethod ? "jet call 'lamp/blink'" : "'lamp/'"))
    }

    @Test("numbers keep the digits with which they were published")
    func digits() async throws {
        let bus = try await TestBus()
        let number = "1.000000000000000000001"
        _ = try await bus.peer.request("add", ["path": "n", "value": try JSON(parsing: number)])
        #expect(try await bus.jet("get", "n").output == number + "\n")
    }

    @Test("what other programs publish never reaches the terminal raw")
    func hostile() async throws {
        let bus = try await TestBus()
        let text = "\u{1B}]0;title\u{07}\u{9B}2J\u{202E}\n"
        try await bus.peer.addState("evil" + text, text, options: ElementOptions(meta: Metadata(unit: text)))
        let verbs: [[String]] = [
            ["ls"], ["ls", "--json"], ["get", "*"], ["watch", "--once"], ["watch", "--once", "--json"],
        ]
        for arguments in verbs {
            let process = try bus.start(arguments)
            #expect(try await process.end() == 0)
            let isPlain = process.text().unicodeScalars.allSatisfy { $0 == "\n" || (0x20..<0x7F).contains($0.value) }
            #expect(isPlain, "\(process.text().debugDescription)")
            #expect(process.text().split(separator: "\n").count == 1)
        }
    }
}

@Suite("jet set and jet call")
struct ActingTests {
    @Test("set gives the owner the value, and says nothing")
    func set() async throws {
        let bus = try await TestBus()
        let state = try await bus.peer.addState("lamp/level", 1 as JSON) { _ in .accept }
        for (text, value) in [("-5", -5), ("true", true), (#"{"a":[1]}"#, ["a": [1]])] as [(String, JSON)] {
            let run = try await bus.jet("set", "lamp/level", text)
            #expect(run.status == 0)
            #expect(run.output + run.error == "")
            #expect(state.value == value)
        }
        #expect(try await bus.jet("set", "lamp/level", "on", "--string").status == 0)
        #expect(state.value == "on")
    }

    @Test("set --value prints what the owner made of it; --json what it answered")
    func adjusted() async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("lamp/level", 1) { .adjust(min($0.value, 100)) }
        #expect(try await bus.jet("set", "lamp/level", "300", "--value").output == "100\n")
        #expect(
            try await bus.jet("set", "lamp/level", "3", "--json").output
                == "{\"path\":\"lamp/level\",\"result\":true}\n")
    }

    @Test("what the owner refuses ends with 1, in the owner's words")
    func refused() async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("door", false) { _ in
            throw JetError(.other(17), "it is jammed", data: ["by": "ice"])
        }
        let run = try await bus.jet("set", "door", "true")
        #expect(run.status == 1)
        #expect(run.error == "jet: Refused: it is jammed: {\"by\":\"ice\"} (17).\n")
        #expect(run.output == "")
    }

    @Test(
        "what cannot be done ends with 1 and says what can",
        arguments: [
            (["set", "nope", "1"], "jet ls"), (["call", "nope"], "jet ls"), (["set", "fixed", "1"], "can be read"),
            (["set", "method", "1"], "jet call 'method'"), (["call", "fixed"], "jet set 'fixed'"),
        ])
    func impossible(arguments: [String], says: String) async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("fixed", 1)
        try await bus.peer.addMethod("method") { (_: JSON) in true }
        let process = try bus.start(arguments)
        #expect(try await process.end() == 1)
        #expect(process.text(.error).contains(says))
    }

    @Test(
        "call hands the arguments over and prints the result",
        arguments: [
            ([], "{}"), (["[1,2]"], "[1,2]"), (["1", "2"], "[1,2]"), ([#"{"times":3}"#], #"{"times":3}"#),
            (["--string", "Ada", "-5"], #"["Ada","-5"]"#), (["-5"], "[-5]"),
        ])
    func call(arguments: [String], given: String) async throws {
        let bus = try await TestBus()
        try await bus.peer.addMethod("echo") { (arguments: JSON) in arguments }
        let process = try bus.start(["call", "echo"] + arguments)
        #expect(try await process.end() == 0)
        #expect(process.text() == given + "\n")
    }

    @Test("call --json names the path")
    func callJSON() async throws {
        let bus = try await TestBus()
        try await bus.peer.addMethod("echo") { (_: JSON) in false }
        #expect(try await bus.jet("call", "echo", "--json").output == "{\"path\":\"echo\",\"result\":false}\n")
    }

    @Test("an owner that does not answer in time ends it with 4")
    func timeout() async throws {
        let bus = try await TestBus()
        try await bus.peer.addMethod("slow") { (_: JSON) in
            try await Task.sleep(for: .seconds(60))
        }
        let run = try await bus.jet("call", "slow", "--timeout", "0.05")
        #expect(run.status == 4)
        #expect(run.error.contains("--timeout"))
    }
}

@Suite("jet")
struct ToolTests {
    @Test("info says which daemon answers, and where")
    func info() async throws {
        let bus = try await TestBus()
        let run = try await bus.jet("info")
        #expect(run.lines.contains("endpoint        \(bus.endpoint)"))
        #expect(run.lines.contains("protocol        1.1.0"))
        let json = try JSON(parsing: try await bus.jet("info", "--json").output.filter { $0 != "\n" })
        #expect(json["name"] == "jetd")
        #expect(json["endpoint"]?.string == bus.endpoint.description)
    }

    @Test("finds the bus by --connect, whatever the environment says")
    func connect() async throws {
        let bus = try await TestBus()
        let environment = ["JET_CONNECT": "unix:/nowhere"]
        #expect(try await bus.jet("info", "--connect", bus.endpoint.description, environment: environment).status == 0)
        #expect(try await bus.jet("info", environment: environment).status == 3)
    }

    @Test(
        "ends with 3 where nobody listens, and says how to look elsewhere",
        arguments: ["unix:/nowhere", "tcp://127.0.0.1:1"])
    func nobody(url: String) async throws {
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
            ["fly"], ["ls", "--fast"], ["get"], ["get", ""], ["set", "a"], ["set", "a", "on"], ["call", "a", "{"],
            ["ls", "--timeout", "0"], ["ls", "--timeout", "-1"], ["ls", "--connect", "nowhere"], ["ls", "--rule", "{"],
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
        let run = try await bus.jet("ls", environment: ["JET_CONNECT": "nowhere"])
        #expect(run.status == 2)
        #expect(run.error.contains("JET_CONNECT"))
    }

    @Test(
        "documents its exit codes, and each verb has examples",
        arguments: [[], ["ls"], ["get"], ["watch"], ["set"], ["call"], ["info"]])
    func help(verb: [String]) async throws {
        let bus = try await TestBus()
        let process = try bus.start(verb + ["--help"])
        #expect(try await process.end() == 0)
        let text = process.text()
        #expect(text.contains(verb.isEmpty ? "5  nothing matched" : "Examples:"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE") })
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
