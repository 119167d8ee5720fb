import Glibc
import Jet
import TestSupport
import Testing

@testable import JetCommand

@Suite("jet watch")
struct WatchTests {
    /// The events of `watch --json`, without the times.
    private func events(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            guard let event = try? JSON(parsing: String(line)) else { return nil }
            return "\(event["event"]?.string ?? "") \(event["path"]?.string ?? "") \(event["value"]?.description ?? "")"
        }
    }

    @Test("tells what is there, what changes and what goes, and ends after --count events")
    func events() async throws {
        let bus = try await TestBus()
        let state = try await bus.peer.addState("a/b", 1)
        try await bus.peer.addState("c", 1)
        let watch = try bus.start(["watch", "a/", "--json", "--count", "4"])
        try await watch.wait { $0.contains("\n") }
        try state.change(2)
        try await state.remove()
        try await bus.peer.addMethod("a/m") { (_: JSON) in true }
        #expect(try await watch.end() == 0)
        #expect(events(watch.text()) == ["add a/b 1", "change a/b 2", "remove a/b 2", "add a/m "])
        let first = try JSON(parsing: String(watch.text().prefix { $0 != "\n" }))
        #expect(first["time"]?.string?.hasSuffix("Z") == true)
    }

    @Test("has a line an event for people, with unit and time")
    func lines() async throws {
        let bus = try await TestBus()
        let state = try await bus.peer.addState("t", 1, options: ElementOptions(meta: Metadata(unit: "s")))
        let watch = try bus.start(["watch", "t", "-n", "2"])
        try await watch.wait { $0.contains("add") }
        try state.change(2)
        #expect(try await watch.end() == 0)
        let lines = watch.text().split(separator: "\n").map { String($0.dropFirst("00:00:00.000  ".count)) }
        #expect(lines == ["add     t  1 s", "change  t  2 s"])
    }

    @Test("ends with 0 on Ctrl-C and on SIGTERM", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("a", 1)
        let watch = try bus.start(["watch"])
        try await watch.wait { $0.contains("add") }
        watch.send(signal)
        #expect(try await watch.end() == 0)
        #expect(watch.text(.error) == "")
    }

    @Test("ends with 3 and a sentence when the daemon goes", arguments: [["watch"], ["watch", "--table"]])
    func daemonGone(arguments: [String]) async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("a", 1)
        let watch = try bus.start(arguments, streams: .terminal(columns: 80, lines: 24))
        try await watch.wait { $0.contains("a  1") }
        try await bus.stopDaemon()
        #expect(try await watch.end() == 3)
        let last = watch.text().text(after: Screen.leave)
        #expect(last.contains("jet: The connection to \(bus.endpoint) was closed."))
        #expect(last.contains("--reconnect"))
    }

    @Test("with --reconnect goes on when the daemon is back")
    func reconnects() async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("before", 1)
        let watch = try bus.start(["watch", "--json", "--reconnect"])
        try await watch.wait { $0.contains("before") }
        try await bus.restartDaemon()
        let peer = try await Peer.connect(to: bus.endpoint)
        try await peer.addState("after", 2)
        try await watch.wait { $0.contains("remove") && $0.contains("after") }
        #expect(Set(events(watch.text())) == ["add before 1", "remove before 1", "add after 2"])
        #expect(watch.text(.error).contains("Retrying."))
        watch.send(SIGINT)
        #expect(try await watch.end() == 0)
    }

    @Test("with --reconnect waits for a daemon that is not there yet")
    func waits() async throws {
        let bus = try await TestBus()
        try await bus.stopDaemon()
        let watch = try bus.start(["watch", "--count", "1", "--reconnect"])
        try await watch.wait(.error) { $0.contains("Retrying.") }
        try await bus.restartDaemon()
        let peer = try await Peer.connect(to: bus.endpoint)
        try await peer.addState("a", 1)
        #expect(try await watch.end() == 0)
    }

    @Test("--once tells what is there, and nothing matched from that it is not")
    func once() async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("b", 1)
        try await bus.peer.addState("a", 2)
        #expect(events(try await bus.jet("watch", "--once", "--json").output) == ["add a 2", "add b 1"])
        #expect(try await bus.jet("watch", "c", "--once").status == 5)
    }
}

@Suite("jet watch --table")
struct WatchTableTests {
    private func bus() async throws -> (TestBus, State<Int>) {
        let bus = try await TestBus()
        try await bus.peer.addState("b", true)
        try await bus.peer.addMethod("m") { (_: JSON) in true }
        return (bus, try await bus.peer.addState("a/level", 1, options: ElementOptions(meta: Metadata(unit: "%"))))
    }

    @Test("is printed once when the output is no terminal")
    func noTerminal() async throws {
        let (bus, _) = try await bus()
        let run = try await bus.jet("watch", "--table")
        #expect(run.status == 0)
        #expect(run.output == "a/level  1 %\nb        true\n")
    }

    @Test("is printed once, with a word about it, on a terminal that cannot redraw")
    func dumb() async throws {
        let (bus, _) = try await bus()
        let watch = try bus.start(
            ["watch", "--table"], environment: ["TERM": "dumb"], streams: .terminal(columns: 80, lines: 24))
        #expect(try await watch.end() == 0)
        #expect(!watch.text().contains("\u{1B}"))
        #expect(watch.text().contains("a/level  1 %"))
    }

    @Test("lives on a screen of its own, follows changes and sizes, and leaves the terminal as it was")
    func living() async throws {
        let (bus, state) = try await bus()
        let watch = try bus.start(["watch", "--table"], streams: .terminal(columns: 40, lines: 10))
        try await watch.wait { $0.contains("2 states") }
        #expect(watch.text().hasPrefix(Screen.enter))
        try state.change(77)
        try await watch.wait { $0.contains("a/level  \u{1B}[1;33m77\u{1B}[0m\u{1B}[2m %") }
        try await watch.wait { $0.text(after: "\u{1B}[1;33m").contains("a/level  77\u{1B}[2m %") }
        watch.resize(columns: 20, lines: 2)
        try await watch.wait { $0.contains("… 2 more;") }
        watch.send(SIGINT)
        #expect(try await watch.end() == 0)
        #expect(watch.text().hasSuffix(Screen.leave))
    }

    @Test("has no colour with NO_COLOR or --color never", arguments: [[], ["--color", "never"]])
    func noColor(arguments: [String]) async throws {
        let (bus, state) = try await bus()
        let watch = try bus.start(
            ["watch", "--table"] + arguments, environment: arguments.isEmpty ? ["NO_COLOR": "1"] : [:],
            streams: .terminal(columns: 40, lines: 10))
        try await watch.wait { $0.contains("2 states") }
        try state.change(77)
        try await watch.wait { $0.contains("a/level  77 %") }
        watch.send(SIGINT)
        #expect(try await watch.end() == 0)
    }
}

@Suite("jet on a terminal")
struct OnTerminalTests {
    @Test("cuts values to its width and has colour; in a pipe neither")
    func terminal() async throws {
        let bus = try await TestBus()
        let value = String(repeating: "x", count: 100)
        try await bus.peer.addState("s", value)
        try await bus.peer.addMethod("m") { (_: JSON) in true }
        let onTerminal = try bus.start(["ls"], streams: .terminal(columns: 30, lines: 5))
        #expect(try await onTerminal.end() == 0)
        #expect(onTerminal.text().contains("x…"))
        #expect(onTerminal.text().contains("\u{1B}[36mmethod"))
        let piped = try await bus.jet("ls")
        #expect(piped.output.contains(value))
        #expect(!piped.output.contains("\u{1B}"))
        #expect(try await bus.jet("ls", "--color", "always").output.contains("\u{1B}[36mmethod"))
    }
}

extension String {
    /// What stands after the last `mark`, or all of it.
    fileprivate func text(after mark: String) -> String {
        var text = self[...]
        while let place = text.indices.first(where: { text[$0...].hasPrefix(mark) }) {
            text = text[place...].dropFirst(mark.count)
        }
        return String(text)
    }
}
