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

    @Test("get without a path is all values; of a bus without States it ends with 5")
    func everything() async throws {
        let bus = try await TestBus()
        try await bus.peer.addMethod("m") { (_: JSON) in true }
        let none = try await bus.jet("get")
        #expect(none.status == 5)
        #expect(none.error == "jet: There are no States on the bus.\n")
        try await bus.peer.addState("b", 2)
        try await bus.peer.addState("a/b", 1)
        #expect(try await bus.jet("get").lines == ["a/b  1", "b    2"])
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
