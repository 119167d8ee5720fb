import ConfigurationFile
import JSONText
import Jet
import Systemd
import Testing

@testable import AgentCore
@testable import Providers

/// Units of systemd: seen, started, stopped.
@Suite(.timeLimit(.minutes(1)))
struct ServiceTests {
    private let tree: Tree
    private let bus = FakeBus()
    private let log = MemoryLog()
    private static let unit = "org.freedesktop.systemd1.Unit"
    private static let service = "org.freedesktop.systemd1.Service"
    private static let ssh = "/org/freedesktop/systemd1/unit/ssh_2eservice"

    init() throws {
        tree = try Tree(manifest: "sys/fs/cgroup/system.slice/ssh.service/memory.current = 5242880")
        bus.answer("Subscribe") { _ in [] }
        bus.set(
            Self.unit, Self.ssh,
            [
                "LoadState": .string("loaded"), "ActiveState": .string("active"), "SubState": .string("running"),
                "StateChangeTimestamp": .uint64(1_795_248_000_000_000), "UnitFileState": .string("enabled"),
                "Description": .string("OpenBSD Secure Shell server"),
            ])
        bus.set(
            Self.service, Self.ssh,
            [
                "Result": .string("success"), "NRestarts": .uint32(2), "MemoryCurrent": .uint64(.max),
                "ControlGroup": .string("/system.slice/ssh.service"),
            ])
        bus.set(Self.unit, "/org/freedesktop/systemd1/unit/gone_2eservice", ["LoadState": .string("not-found")])
    }

    @Test("a unit is shown with how it fares")
    func shown() async throws {
        let running = RunningProvider(provider())
        try await running.until("it is there") { $0.count > 0 }
        #expect(
            running.reading("services/ssh.service")?.value == [
                "active": "active", "sub": "running", "since": "2026-11-21T08:00:00Z", "result": "success",
                "restarts": 2, "memory": 5_242_880, "enabled": "enabled",
                "description": "OpenBSD Secure Shell server",
            ])
    }

    @Test("a change is told as systemd tells it")
    func change() async throws {
        let running = RunningProvider(provider())
        try await running.until("it is there") { $0.count > 0 }
        bus.set(Self.unit, Self.ssh, ["ActiveState": .string("failed"), "SubState": .string("failed")])
        try await running.until("it is told") { $0.reading("services/ssh.service")?.value["active"] == "failed" }
    }

    @Test("the memory is looked at without systemd, which does not tell of it; uncounted, it is null")
    func memory() async throws {
        let running = RunningProvider(provider())
        try await running.until("it is there") { $0.count > 0 }
        tree.write("sys/fs/cgroup/system.slice/ssh.service/memory.current", "9437184\n")
        try await running.until("it is seen") { $0.reading("services/ssh.service")?.value["memory"] == 9_437_184 }
        tree.remove("sys/fs/cgroup/system.slice")
        try await running.until("it is seen") { $0.reading("services/ssh.service")?.value["memory"] == .null }
        #expect(bus.calls.map(\.member) == ["Subscribe"])
    }

    @Test("a unit that does not exist is left out, said once, and shown when it comes")
    func missing() async throws {
        let running = RunningProvider(provider(["gone.service", "ssh.service"]))
        try await running.until("it is there") { $0.count > 0 }
        #expect(running.paths == ["services/ssh.service"])
        let gone = "/org/freedesktop/systemd1/unit/gone_2eservice"
        bus.set(Self.service, gone, [:], isSilent: true)
        bus.set(Self.unit, gone, ["LoadState": .string("loaded"), "ActiveState": .string("inactive")], isSilent: true)
        bus.emit(
            Signal(
                path: "/org/freedesktop/systemd1", interface: "org.freedesktop.systemd1.Manager", member: "Reloading",
                arguments: [.boolean(false)]))
        try await running.until("it is shown") { $0.paths == ["services/gone.service", "services/ssh.service"] }
        #expect(log.said == ["warning cannot be found gone.service", "notice can be found again gone.service"])
    }

    @Test("only what is allowed is a method")
    func allowed() async throws {
        let running = RunningProvider(provider(["ssh.service"], ["ssh.service": [.restart, .start]]))
        try await running.until("it is there") { $0.count > 0 }
        #expect(
            running.paths == ["services/ssh.service", "services/ssh.service/start", "services/ssh.service/restart"])
        let provider = provider(["ssh.service"], ["ssh.service": [.restart]])
        await #expect(throws: JetError.self) {
            try await provider.controls.call("services/ssh.service/stop", CallRequest(arguments: .null))
        }
        #expect(!bus.calls.contains { $0.member == "StopUnit" })
    }

    @Test("a method answers when its job is done, whatever other jobs end meanwhile")
    func done() async throws {
        let provider = provider(["ssh.service"], ["ssh.service": [.restart]])
        bus.answer("RestartUnit") { [unowned bus] call in
            #expect(call.arguments == [.string("ssh.service"), .string("replace")])
            bus.endJob(6, "cron.service", "failed")
            bus.endJob(7, "ssh.service", "done")
            return [.objectPath("/org/freedesktop/systemd1/job/7")]
        }
        let answer = try await provider.controls.call("services/ssh.service/restart", CallRequest(arguments: .null))
        #expect(answer == ["result": "done"])
    }

    @Test("a unit that fails to start refuses with how it failed")
    func failed() async throws {
        let provider = provider(["ssh.service"], ["ssh.service": [.start]])
        bus.answer("StartUnit") { [unowned bus] _ in
            bus.set(Self.service, Self.ssh, ["Result": .string("exit-code")])
            bus.endJob(8, "ssh.service", "failed")
            return [.objectPath("/org/freedesktop/systemd1/job/8")]
        }
        let error = await #expect(throws: JetError.self) {
            try await provider.controls.call("services/ssh.service/start", CallRequest(arguments: .null))
        }
        #expect(error?.message == "ssh.service could not start (failed: exit-code); its journal says more.")
        #expect(error?.data?["result"] == "exit-code")
    }

    @Test("a job that takes longer than a caller waits goes on, and the caller is told so")
    func running() async throws {
        var configuration = ServicesConfiguration()
        configuration.units = ["ssh.service"]
        configuration.allowed = ["ssh.service": [.stop]]
        let clock = VirtualClock()
        bus.answer("StopUnit") { _ in [.objectPath("/org/freedesktop/systemd1/job/9")] }
        let answer = try await ServiceProvider(.test(tree, bus), configuration, clock: clock).controls.call(
            "services/ssh.service/stop", CallRequest(arguments: .null))
        #expect(answer == ["result": "running"])
        #expect(clock.sleeps == [ServiceControls.patience])
    }

    @Test("without a rule of polkit the refusal says that one is missing")
    func denied() async throws {
        let provider = provider(["ssh.service"], ["ssh.service": [.start]])
        bus.answer("StartUnit") { _ throws(DBusError) in
            throw DBusError(name: "org.freedesktop.DBus.Error.AccessDenied", message: "Permission denied")
        }
        let error = await #expect(throws: JetError.self) {
            try await provider.controls.call("services/ssh.service/start", CallRequest(arguments: .null))
        }
        #expect(error?.message.hasPrefix("The agent is not allowed to start ssh.service") == true)
    }

    // MARK: - Settings

    @Test("the settings say which units, and what may be done to them")
    func settings() throws {
        let configuration = try AgentConfiguration(
            parsing: """
                [services]
                units = ["ssh.service", "a.timer"]
                memory-interval = 10
                [services.allow]
                "ssh.service" = ["restart", "stop"]
                """, of: HostProviders.all)
        let services = try #require(configuration["services"] as? ServicesConfiguration)
        #expect(services.units == ["ssh.service", "a.timer"])
        #expect(services.allowed == ["ssh.service": [.restart, .stop]])
        #expect(services.memoryInterval == .seconds(10))
    }

    @Test(
        "settings that make no sense are refused with their line",
        arguments: [
            ("units = [\"ssh\"]", "has no kind at its end"), ("units = [\"a.service\", \"a.service\"]", "twice"),
            ("units = []\n[services.allow]\n\"a.service\" = [\"stop\"]", "is not among the units that are shown"),
            ("units = [\"a.service\"]\n[services.allow]\n\"a.service\" = [\"kill\"]", "not \"kill\""),
        ])
    func invalidSettings(text: String, reason: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try AgentConfiguration(parsing: "[services]\n" + text, of: HostProviders.all)
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test("the rule of polkit names exactly what is allowed")
    func polkit() {
        var services = ServicesConfiguration()
        services.allowed = ["b\\x2d.service": [.stop, .start], "a.service": [.restart]]
        let rules = ServicePolkit.rules(for: services)
        #expect(
            rules.contains(
                #"""
                    "a.service": ["restart"],
                    "b\\x2d.service": ["start","stop"]
                };
                """#), "\(rules)")
    }

    private func provider(
        _ units: [String] = ["ssh.service"], _ allowed: [String: Set<ServiceVerb>] = [:]
    ) -> ServiceProvider {
        var configuration = ServicesConfiguration()
        configuration.units = units
        configuration.allowed = allowed
        configuration.memoryInterval = .milliseconds(5)
        return ServiceProvider(.test(tree, bus, log: log), configuration)
    }
}

extension FakeBus {
    /// Tells, as systemd does, that a job has ended.
    fileprivate func endJob(_ id: UInt32, _ unit: String, _ result: String) {
        emit(
            Signal(
                path: "/org/freedesktop/systemd1", interface: "org.freedesktop.systemd1.Manager", member: "JobRemoved",
                arguments: [
                    .uint32(id), .objectPath("/org/freedesktop/systemd1/job/\(id)"), .string(unit), .string(result),
                ]))
    }
}
