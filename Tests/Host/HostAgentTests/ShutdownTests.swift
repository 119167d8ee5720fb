import Moments
import JSONText
import Jet
import Systemd
import Testing

@testable import AgentCore
@testable import Providers

/// Shutting the machine down, and calling that off.
@Suite(.timeLimit(.minutes(1)))
struct ShutdownTests {
    private let tree: Tree
    private let bus = FakeBus()

    init() throws {
        tree = try Tree()
        Self.offerLogind(on: bus, tree.root)
    }

    @Test("a reboot is scheduled with logind, and shown with when it comes and who wants it")
    func schedule() async throws {
        let (provider, running) = try await run()
        let before = Moment.now
        let answer = try await call(provider, "system/reboot", ["delay": 60, "reason": "new kernel"])
        #expect(answer["type"] == "reboot")
        try await running.until("it is shown") { Self.pending($0)?["type"] == "reboot" }
        let pending = try #require(Self.pending(running))
        #expect(pending["at"] == answer["at"])
        #expect(pending["by"] == "eva")
        #expect(pending["message"] == "new kernel (eva)")
        let scheduled = try #require(bus.calls.first { $0.member == "ScheduleShutdown" })
        let time = Moment(microseconds: try #require(scheduled.arguments.last?.uint64))
        #expect(time >= before.advanced(seconds: 60))
        #expect(time <= Moment.now.advanced(seconds: 60))
    }

    @Test("what is scheduled can be called off")
    func cancel() async throws {
        let (provider, running) = try await run()
        _ = try await call(provider, "system/poweroff", [])
        try await running.until("it is shown") { Self.pending($0)?["type"] == "poweroff" }
        #expect(try await call(provider, "system/shutdown/cancel", []) == true)
        try await running.until("it is gone") { Self.pending($0) == .null }
        let error = await #expect(throws: JetError.self) { try await call(provider, "system/shutdown/cancel", []) }
        #expect(error?.message == "No shutdown is scheduled.")
    }

    @Test("a shutdown that somebody else scheduled is seen, though logind tells nobody")
    func others() async throws {
        let (_, running) = try await run()
        bus.set(Logind.interface, Logind.path, Logind.scheduled("halt", 1_900_000_000_000_000), isSilent: true)
        tree.write("run/systemd/shutdown/scheduled", "USEC=1900000000000000\nMODE=halt\n")
        try await running.until("it is seen") { Self.pending($0)?["type"] == "halt" }
        #expect(Self.pending(running)?["at"] == "2030-03-17T17:46:40Z")
        #expect(Self.pending(running)?["by"] == .null)
    }

    @Test("one shutdown is pending at a time: another is refused with what is there")
    func second() async throws {
        let (provider, _) = try await run()
        _ = try await call(provider, "system/reboot", ["delay": 600])
        let error = await #expect(throws: JetError.self) {
            try await call(provider, "system/poweroff", ["delay": 1])
        }
        #expect(error?.message.hasPrefix("A reboot is scheduled for 2") == true)
        #expect(error?.data?["type"] == "reboot")
        #expect(bus.calls.count { $0.member == "ScheduleShutdown" } == 1)
    }

    @Test("of two who ask at the same moment, one is refused")
    func together() async throws {
        let (provider, _) = try await run()
        let controls = provider.controls
        bus.answer("SetWallMessage") { _ throws(DBusError) in
            // The first one has found nothing scheduled, and has not scheduled anything yet.
            let second = try? await controls.call("system/poweroff", CallRequest(arguments: []))
            #expect(second == nil)
            return []
        }
        _ = try await call(provider, "system/reboot", [])
        #expect(bus.calls.filter { $0.member == "ScheduleShutdown" }.map(\.arguments.first) == [.string("reboot")])
        bus.answer("SetWallMessage") { _ throws(DBusError) in [] }
        #expect(try await call(provider, "system/shutdown/cancel", []) == true)
        _ = try await call(provider, "system/poweroff", [])
    }

    @Test("the beginning of the shutdown is shown")
    func begun() async throws {
        let (provider, running) = try await run()
        _ = try await call(provider, "system/reboot", ["delay": 0])
        bus.set(Logind.interface, Logind.path, ["PreparingForShutdown": .boolean(true)], isSilent: true)
        bus.emit(
            Signal(
                path: Logind.path, interface: Logind.interface, member: "PrepareForShutdown",
                arguments: [.boolean(true)]))
        try await running.until("it is shown") { Self.pending($0)?["begun"] == true }
    }

    @Test("who blocks a shutdown is named in the refusal")
    func inhibitor() async throws {
        let (provider, _) = try await run()
        bus.answer("ScheduleShutdown") { _ throws(DBusError) in
            throw DBusError(name: "org.freedesktop.DBus.Error.AccessDenied", message: "Access denied")
        }
        bus.answer("ListInhibitors") { _ in
            [
                .array(
                    element: "(ssssuu)",
                    [
                        Self.inhibitor("sleep", "Player", "music", "block"),
                        Self.inhibitor("shutdown", "Watcher", "saves its data", "delay"),
                        Self.inhibitor("sleep:shutdown", "apt", "packages are being installed", "block"),
                    ])
            ]
        }
        let error = await #expect(throws: JetError.self) { try await call(provider, "system/reboot", []) }
        #expect(error?.message == "apt blocks a shutdown now: packages are being installed")
    }

    @Test("without a rule of polkit the refusal says that one is missing")
    func denied() async throws {
        let (provider, _) = try await run()
        bus.answer("ScheduleShutdown") { _ throws(DBusError) in
            throw DBusError(
                name: "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", message: "no")
        }
        let error = await #expect(throws: JetError.self) { try await call(provider, "system/reboot", []) }
        #expect(
            error?.message
                == "The agent is not allowed to reboot the machine: polkit has no rule for it on this machine.")
        // Whoever shuts down next does not do it in these words.
        #expect(bus.calls.last { $0.member == "SetWallMessage" }?.arguments.first == .string(""))
    }

    @Test(
        "arguments that make no sense are refused with the one that is wrong",
        arguments: [
            (["delay": -1], "delay"), (["delay": 86401], "delay"), (["delay": "10"], "delay"),
            (["delay": 1.5], "delay"), (["reason": ""], "reason"), (["reason": "a\nb"], "reason"),
            (["reason": "\u{9B}2J"], "reason"),
            (["reason": 7], "reason"), (["when": 1], "when"),
        ] as [(JSON, String)])
    func arguments(_ arguments: JSON, field: String) throws {
        let error = #expect(throws: JetError.self) { try ShutdownControls.arguments(arguments) }
        #expect(error?.data?["field"] == .string(field))
    }

    @Test("a machine without logind shows nothing of it, and does once it comes")
    func absent() async throws {
        bus.setAbsent(Logind.name)
        let log = MemoryLog()
        let running = RunningProvider(ShutdownProvider(.test(tree, bus, log: log)))
        try await running.until("it has looked") { $0.paths == [] }
        bus.setAbsent(Logind.name, false)
        bus.emit(
            Signal(
                path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus", member: "NameOwnerChanged",
                arguments: [.string(Logind.name), .string(""), .string(":1.7")]))
        try await running.until("it is there") { $0.paths?.contains("system/reboot") == true }
        #expect(log.said == ["info there is no logind to shut the machine down by"])
    }

    @Test("when the bus goes, the provider ends, to be started again")
    func lost() async throws {
        let (_, running) = try await run()
        bus.disconnect()
        try await running.until("it ends") { $0.failure != nil }
        #expect(running.failure as? DBusError == .disconnected)
    }

    // MARK: -

    private func run() async throws -> (ShutdownProvider, RunningProvider) {
        let provider = ShutdownProvider(.test(tree, bus))
        let running = RunningProvider(provider)
        try await running.until("it has looked") { $0.count > 0 }
        return (provider, running)
    }

    private func call(_ provider: ShutdownProvider, _ path: String, _ arguments: JSON) async throws -> JSON {
        try await provider.controls.call(path, CallRequest(arguments: arguments, caller: Caller(user: "eva")))
    }

    private static func pending(_ running: RunningProvider) -> JSON? {
        running.reading("system/shutdown")?.value["pending"]
    }

    private static func inhibitor(_ what: String, _ who: String, _ why: String, _ mode: String) -> DBusValue {
        .structure([.string(what), .string(who), .string(why), .string(mode), .uint32(0), .uint32(1)])
    }

    private enum Logind {
        static let name = "org.freedesktop.login1"
        static let path = "/org/freedesktop/login1"
        static let interface = "org.freedesktop.login1.Manager"

        static func scheduled(_ type: String, _ time: UInt64) -> [String: DBusValue] {
            ["ScheduledShutdown": .structure([.string(type), .uint64(time)])]
        }
    }

    /// logind as version 252 is: it tells no change of what is scheduled.
    private static func offerLogind(on bus: FakeBus, _ root: String) {
        bus.set(Logind.interface, Logind.path, Logind.scheduled("", 0))
        bus.set(Logind.interface, Logind.path, ["WallMessage": .string(""), "PreparingForShutdown": .boolean(false)])
        bus.answer("SetWallMessage") { [unowned bus] call in
            bus.set(Logind.interface, Logind.path, ["WallMessage": call.arguments[0]], isSilent: true)
            return []
        }
        bus.answer("ScheduleShutdown") { [unowned bus] call in
            bus.set(
                Logind.interface, Logind.path, ["ScheduledShutdown": .structure(call.arguments)], isSilent: true)
            return []
        }
        bus.answer("CancelScheduledShutdown") { [unowned bus] _ in
            let isScheduled =
                bus.get(Logind.interface, Logind.path, "ScheduledShutdown")?.structure?.first != .string("")
            bus.set(Logind.interface, Logind.path, Logind.scheduled("", 0), isSilent: true)
            return [.boolean(isScheduled)]
        }
    }
}
