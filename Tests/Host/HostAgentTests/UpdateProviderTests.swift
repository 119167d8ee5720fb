import Glibc
import JSONText
import Jet
import Handover
import Systemd
import Testing

@testable import AgentCore
@testable import Providers

/// Updates as the bus sees them: the root program is played by the test, which writes its record.
@Suite(.timeLimit(.minutes(1)))
struct UpdateProviderTests {
    @Test("a machine without apt has nothing to update with")
    func noApt() throws {
        let stage = try Stage(hasApt: false)
        var provider = stage.provider()
        #expect(provider.readings().isEmpty)
    }

    @Test("before the first job, the phase is idle, and the methods are there")
    func idle() throws {
        let stage = try Stage()
        var provider = stage.provider()
        let readings = provider.readings()
        #expect(
            readings.map(\.path) == [
                "system/update", "system/update/check", "system/update/start", "system/update/cancel",
            ])
        #expect(readings.map(\.role) == [.shown, .method, .method, .method])
        let value = try #require(readings.first).value
        #expect(value["phase"] == "idle" && value["id"] == .null && value["upgradable"] == [])
        #expect(value["rebootRequired"] == ["required": false, "packages": []])
    }

    @Test(
        "a call starts the unit of that kind by its name, leaves a request for it, and answers with the job's id at once",
        arguments: [("check", "jet-update-check.service"), ("start", "jet-update-install.service")])
    func start(method: String, unit: String) async throws {
        let stage = try Stage()
        let id = try await stage.call(method)
        #expect(stage.bus.calls.map(\.member) == ["StartUnit"])
        #expect(stage.bus.calls.map(\.arguments) == [[.string(unit), .string("replace")]])
        #expect(stage.request?.id == id && stage.request?.by == "alice")
        let value = stage.value
        #expect(value["id"] == .string(id) && value["by"] == "alice" && value["phase"] == "checking")
        #expect(value["cancellable"] == false)
    }

    @Test("a second job is refused with who started the first one, and its id")
    func busy() async throws {
        let stage = try Stage()
        let id = try await stage.call("check")
        for method in ["check", "start"] {
            let error = await #expect(throws: JetError.self) { try await stage.call(method, by: "bob") }
            #expect(error?.message.hasPrefix("alice started job '\(id)'") == true)
            #expect(error?.data?["running"]?["id"] == .string(id))
            #expect(error?.data?["running"]?["by"] == "alice")
        }
        stage.write(stage.record(id, .installing))
        await #expect(throws: JetError.self) { try await stage.call("start", by: "bob") }
        stage.write(stage.record(id, .succeeded))
        #expect(try await stage.call("start", by: "bob") != id)
    }

    @Test("of many who call at once, one is served")
    func atOnce() async throws {
        let stage = try Stage()
        let served = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { (try? await stage.call("start")) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(served == 1)
        #expect(stage.bus.calls.count == 1)
    }

    @Test("what a call says to install is refused: nothing of it would get to apt")
    func arguments() async throws {
        let stage = try Stage()
        let error = await #expect(throws: JetError.self) {
            try await stage.call("start", arguments: ["options": ["-o", "APT::Update::Pre-Invoke=x"]])
        }
        #expect(error?.data?["field"] == "options")
        await #expect(throws: JetError.self) { try await stage.call("start", arguments: ["bash"]) }
        #expect(stage.bus.calls.isEmpty && stage.request == nil)
    }

    @Test("a unit that must not be started is explained, and leaves things as they were")
    func denied() async throws {
        let stage = try Stage()
        stage.bus.answer("StartUnit") { _ throws(DBusError) in
            throw DBusError(name: "org.freedesktop.DBus.Error.AccessDenied", message: "Permission denied")
        }
        let error = await #expect(throws: JetError.self) { try await stage.call("check") }
        #expect(error?.message.contains("polkit") == true)
        #expect(stage.value["phase"] == "idle" && stage.request == nil)
    }

    @Test("without a place for requests the call says whose fault that is")
    func noPlace() async throws {
        let stage = try Stage()
        stage.tree.remove("run/jet-agent")
        let error = await #expect(throws: JetError.self) { try await stage.call("check") }
        #expect(error?.message.contains("Its unit has the directory for it") == true)
        #expect(stage.bus.calls.isEmpty)
    }

    @Test("the record is what is shown")
    func shows() async throws {
        let stage = try Stage()
        let id = try await stage.call("start")
        var record = stage.record(id, .installing)
        record.percent = 61
        record.package = "bash"
        record.upgradable = [Upgradable(name: "bash", from: "1", to: "2", security: true)]
        stage.write(record)
        let value = stage.value
        #expect(value["phase"] == "installing" && value["percent"] == 61 && value["package"] == "bash")
        #expect(value["upgradable"] == [["name": "bash", "from": "1", "to": "2", "security": true]])
    }

    @Test("a job is called off by a wish that names it, with who called")
    func cancel() async throws {
        let stage = try Stage()
        var record = stage.record("j1", .downloading)
        record.cancellable = true
        stage.write(record)
        await #expect(throws: JetError.self) { try await stage.call("cancel", arguments: ["id": "other"]) }
        #expect(stage.cancellation == nil)
        #expect(try await stage.call("cancel", by: "bob", arguments: ["id": "j1"]) == "j1")
        #expect(stage.cancellation?.id == "j1" && stage.cancellation?.by == "bob")
    }

    @Test("what is being installed is not called off, and nothing is not either")
    func tooLate() async throws {
        let stage = try Stage()
        let nothing = await #expect(throws: JetError.self) { try await stage.call("cancel") }
        #expect(nothing?.message.contains("nothing to call off") == true)
        stage.write(stage.record("j1", .installing))
        let error = await #expect(throws: JetError.self) { try await stage.call("cancel") }
        #expect(error?.message.contains("half installed") == true)
        #expect(stage.cancellation == nil)
    }

    @Test("a job whose unit has ended without its last word has failed")
    func died() async throws {
        let stage = try Stage()
        stage.write(stage.record("j1", .installing))
        stage.unit(.install, "active", result: "success")
        await stage.desk.settle()
        #expect(stage.value["phase"] == "installing")
        stage.unit(.install, "failed", result: "oom-kill")
        await stage.desk.settle()
        let value = stage.value
        #expect(value["phase"] == "failed" && value["cancellable"] == false)
        #expect(value["message"]?.string?.contains("jet-update-install.service") == true)
        #expect(value["message"]?.string?.contains("oom-kill") == true)
        #expect(try await stage.call("start") != "j1")
    }

    @Test("a job that never began has failed, and the next one can be started")
    func neverBegan() async throws {
        let stage = try Stage()
        let id = try await stage.call("check")
        stage.unit(.check, "inactive", result: "success", job: 17)
        await stage.desk.settle()
        #expect(stage.value["phase"] == "checking")
        stage.unit(.check, "failed", result: "exit-code")
        await stage.desk.settle()
        #expect(stage.value["id"] == .string(id) && stage.value["phase"] == "failed")
        _ = try await stage.call("check")
    }

    @Test("without the service manager's word a job is believed to live")
    func noManager() async throws {
        let stage = try Stage()
        stage.write(stage.record("j1", .installing))
        await stage.desk.settle()
        await stage.desk.settle()
        #expect(stage.value["phase"] == "installing")
        #expect(stage.log.said == ["warning cannot be read jet-update-install.service"])
    }

    @Test("a restart ends what was under way, and completes what waited for it")
    func restart() throws {
        let stage = try Stage()
        stage.write(stage.record("j1", .installing), durable: true)
        stage.restart()
        #expect(stage.value["phase"] == "failed")
        #expect(stage.value["message"]?.string?.contains("The next update repairs") == true)
        let other = try Stage()
        other.write(other.record("j2", .restartRequired), durable: true)
        #expect(other.value["phase"] == "restart-required")
        other.restart()
        #expect(other.value["phase"] == "succeeded")
    }

    @Test("a package that asks for a restart is seen, and named")
    func reboot() throws {
        let stage = try Stage()
        stage.tree.write("run/reboot-required", "*** System restart required ***\n")
        stage.tree.write("run/reboot-required.pkgs", "linux-image-amd64\n")
        #expect(stage.value["rebootRequired"] == ["required": true, "packages": ["linux-image-amd64"]])
    }

    @Test("what changes in the files is reported as it changes, and a death is found out")
    func follows() async throws {
        let stage = try Stage()
        let reports = AsyncStream<JSON>.makeStream()
        let running = Task {
            var provider = stage.provider(clock: ContinuousClock())
            try await provider.run { readings in
                if let value = readings.first?.value { reports.continuation.yield(value) }
            }
        }
        defer { running.cancel() }
        var values = reports.stream.makeAsyncIterator()
        #expect(await values.next()?["phase"] == "idle")
        stage.tree.write("run/reboot-required", "")
        #expect(await values.next()?["rebootRequired"]?["required"] == true)
        // The directory of the records comes with the first job.
        stage.write(stage.record("j1", .checking))
        while let value = await values.next(), value["phase"] != "checking" {}
        stage.unit(.install, "failed", result: "signal")
        while let value = await values.next(), value["phase"] != "failed" {}
    }
}

/// A provider of updates on a machine in a folder, with a service manager that is played.
private final class Stage: Sendable {
    let tree: Tree
    let bus = FakeBus()
    let log = MemoryLog()
    let desk: UpdateDesk
    private let files: UpdateFiles
    private let context: ProviderContext

    init(hasApt: Bool = true) throws {
        tree = try Tree(manifest: "run/jet-agent/")
        if hasApt { tree.write("usr/bin/apt-get", "") }
        context = ProviderContext(host: Host(tree), bus: bus, logger: log.logger)
        desk = UpdateDesk(context.host, bus: bus, logger: log.logger)
        files = UpdateFiles(root: tree.root)
        bus.answer("StartUnit") { _ in [.objectPath("/org/freedesktop/systemd1/job/4711")] }
    }

    func provider(clock: any Clock<Duration> = VirtualClock()) -> UpdateProvider {
        UpdateProvider(context, clock: clock)
    }

    /// The state as it would be shown.
    var value: JSON { UpdateValue.readings(desk.job, desk.rebootRequired)[0].value }

    /// Calls a method, and gives the id that it answers with.
    @discardableResult
    func call(_ method: String, by user: String = "alice", arguments: JSON = [:]) async throws -> String {
        let answer = try await UpdateControls(desk: desk).call(
            "system/update/" + method, CallRequest(arguments: arguments, caller: Caller(user: user)))
        return try #require(answer["id"]?.string)
    }

    var request: UpdateRequest? { (try? UpdateRequest(file: files.request, in: files.agentDirectory)) ?? nil }
    var cancellation: UpdateRequest? {
        (try? UpdateRequest(file: files.cancellation, in: files.agentDirectory)) ?? nil
    }

    /// A record of a job in this run of the machine.
    func record(_ id: String, _ phase: JobPhase) -> JobRecord {
        var record = JobRecord(id: id, kind: .install, by: "alice", startedAt: "2026-02-03T04:05:06Z")
        record.phase = phase
        return record
    }

    /// Writes a record as the root program does.
    func write(_ record: JobRecord, durable: Bool = false) {
        tree.write("run/jet-update/job.json", record.json.description)
        if durable { tree.write("var/lib/jet-update/job.json", record.json.description) }
    }

    /// The machine is restarted.
    func restart() { tree.remove("run/jet-update") }

    /// What the service manager says of the unit for jobs of this kind.
    func unit(_ kind: JobKind, _ state: String, result: String, job: UInt32 = 0) {
        let path = "/org/freedesktop/systemd1/unit/jet_2dupdate_2d\(kind.rawValue)_2eservice"
        bus.set(
            "org.freedesktop.systemd1.Unit", path,
            [
                "ActiveState": .string(state),
                "Job": .structure([.uint32(job), .objectPath(job == 0 ? "/" : "/org/freedesktop/systemd1/job/\(job)")]),
            ])
        bus.set("org.freedesktop.systemd1.Service", path, ["Result": .string(result)])
    }
}
