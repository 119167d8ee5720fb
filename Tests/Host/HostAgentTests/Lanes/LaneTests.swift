import Glibc
import JSONText
import Jet
import JetProtocol
import Moments
import Synchronization
import Testing

@testable import AgentCore
@testable import Providers

/// A provider that hangs in the kernel, and what goes on beside it. One after the other: these agents poll without rest.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct LaneTests {
    @Test("a read that hangs stops its own provider, and the others go on")
    func isolation() async throws {
        let file = try HangingFile("1")
        file.hang()
        let agent = RunningAgent([FileProvider(file), CountingProvider()])
        await agent.bus.holds { ($0["count"]?.int ?? 0) >= 20 }
        #expect(await agent.bus.values["file"] == nil)
        file.release("1")
        await agent.bus.holds { $0["file"] != nil }
        await agent.stop()
    }

    @Test("an overdue provider is logged with the file, withdrawn later, and comes back when the read returns")
    func overdue() async throws {
        let file = try HangingFile("1")
        let agent = RunningAgent([FileProvider(file), CountingProvider()])
        await agent.bus.holds { $0["file"] == "1" }
        file.hang()
        await agent.isBusy("file")

        // The first look finds what the lane does, the third one that it still does it.
        await agent.look(3)
        await agent.bus.holds { $0["agent/providers/file"]?["path"] == .string(file.path) }
        #expect(await agent.bus.values["agent/providers/file"]?["overdueSince"]?.string != nil)
        #expect(await agent.bus.values["agent/providers/counting"]?["overdueSince"] == .null)
        #expect(await agent.bus.values["file"] == "1")
        #expect(agent.agent.overdueProviders == ["file"])
        #expect(agent.log.said == ["warning a provider does not respond"])
        #expect(agent.log.metadata.first?["path"] == file.path)
        #expect(agent.log.metadata.first?["provider"] == "file")

        await agent.look(4)
        await agent.bus.holds { $0["file"] == nil }
        #expect(agent.log.said.count == 2)

        file.release("2")
        await agent.bus.holds { $0["file"] == "2" }
        await agent.time.advance(by: LaneSupervisor.interval)
        await agent.bus.holds { $0["agent/providers/file"]?["overdueSince"] == .null }
        #expect(agent.agent.overdueProviders.isEmpty)
        #expect(agent.log.said.last == "notice a provider responds again")
        await agent.stop()
    }

    @Test("a sensor whose file hangs in FUSE is named, and comes back", .enabled(if: FuseFile.isAvailable))
    func fuse() async throws {
        let tree = try Tree()
        tree.write("sys/class/hwmon/hwmon0/name", "chip\n")
        tree.write("sys/class/hwmon/hwmon0/temp1_input", "41000\n")
        let path = tree.path("sys/class/hwmon/hwmon0/temp1_input")
        let file = try await FuseFile(at: path, "41000\n")
        let agent = RunningAgent([SensorProvider(Host(tree), logger: MemoryLog().logger), CountingProvider()])
        await agent.bus.holds { $0["sensors/chip/temp1"] == 41 }
        file.hang()
        await agent.isBusy("sensors")
        await agent.look(7)
        await agent.bus.holds { $0["sensors/chip/temp1"] == nil }
        #expect(agent.log.metadata.first?["path"] == path)
        let count = await agent.bus.values["count"]?.int ?? 0
        await agent.bus.holds { ($0["count"]?.int ?? 0) > count + 20 }
        file.release("42000\n")
        await agent.bus.holds { $0["sensors/chip/temp1"] == 42 }
        await agent.stop()
    }

    @Test("a provider that is not polled is started again when it returns after it was withdrawn")
    func pushing() async throws {
        let file = try HangingFile("1")
        let provider = PushingFileProvider(file)
        let agent = RunningAgent([provider, CountingProvider()])
        await agent.bus.holds { $0["file"] == "1" }
        file.hang()
        provider.look()
        await agent.isBusy("file")
        await agent.look(7)
        await agent.bus.holds { $0["file"] == nil }

        file.release("2")
        await agent.isIdle("file")
        await agent.time.advance(by: LaneSupervisor.interval)
        await agent.bus.holds { $0["file"] == "2" }
        await agent.stop()
    }

    @Test("the agent ends although a provider hangs")
    func stop() async throws {
        let file = try HangingFile("1")
        file.hang()
        let agent = RunningAgent([FileProvider(file)])
        await agent.isBusy("file")
        agent.task.cancel()
        await agent.time.advance(by: Agent.stopDelay)
        await agent.task.value
        file.release("1")
    }

    @Test("sets and calls work on the lane, and are refused while the provider is overdue")
    func controls() async throws {
        let file = try HangingFile("1")
        let run = ProviderRun(FileProvider(file), clock: VirtualClock(), logger: MemoryLog().logger)
        let controls = LaneControls(LaneReporting(), of: run, on: SharedBoard())
        let request = CallRequest<JSON>(arguments: .null, caller: nil)
        let answer = try await controls.call("x", request)
        #expect(answer == true)
        run.setOverdue(since: .now, path: file.path)
        await #expect { try await controls.call("x", request) } throws: {
            ($0 as? JetError)?.data?["path"] == .string(file.path)
        }
    }

    @Test("while nothing happens, the health of the providers is published once a minute")
    func publications() {
        let run = ProviderRun(CountingProvider(), clock: VirtualClock(), logger: MemoryLog().logger)
        var supervisor = LaneSupervisor([run], logger: MemoryLog().logger)
        let looks = (0..<25).map { _ in supervisor.readings() != nil }
        #expect(looks.enumerated().filter(\.element).map(\.offset) == [0, 12, 24])
        run.setOverdue(since: .now, path: nil)
        #expect(supervisor.readings() != nil)
        #expect(supervisor.readings() == nil)
    }

    @Test("tasks that a provider starts stay on its lane")
    func tasks() async throws {
        let lane = Lane("test")
        let result = try await lane.start {
            await Lane.task { #expect(Lane.current === lane && lane.work != nil) }.value
            return await withTaskGroup { group in
                group.addTask { Lane.current === lane && lane.work != nil }
                return await group.next()
            }
        }.value
        #expect(result == true)
    }
}

/// An agent that polls without rest, and whose supervision the test has in hand.
private final class RunningAgent: Sendable {
    let bus = MemoryBus()
    let log = MemoryLog()
    let time = ManualClock()
    let agent: Agent
    let task: Task<Void, Never>

    init(_ providers: [any Provider]) {
        let agent = Agent(
            providers, publisher: bus, clock: VirtualClock(), supervision: time, logger: log.logger)
        self.agent = agent
        task = Task { await agent.run() }
    }

    /// Waits until a provider's lane accesses a file and does not return.
    func isBusy(_ provider: String) async {
        var last: Lane.Work?
        var count = 0
        // The same work a thousand times is a read that hangs.
        while count < 1000, !Task.isCancelled {
            let work = agent.lane(of: provider)?.work
            count = work?.path != nil && work == last ? count + 1 : 0
            last = work
            await Task.yield()
        }
    }

    /// Waits until a provider's lane is idle.
    func isIdle(_ provider: String) async {
        while agent.lane(of: provider)?.work != nil, !Task.isCancelled { await Task.yield() }
    }

    /// Has the supervisor look at all lanes, this many times. The counting provider goes on between two looks, as it does
    /// in real time: time that a test advances could pass before its thread has run at all.
    func look(_ times: Int) async {
        for _ in 1...times {
            await time.waitForSleeper(within: LaneSupervisor.interval)
            let count = await bus.values["count"]?.int ?? 0
            await bus.holds { ($0["count"]?.int ?? 0) > count + 1 }
            await time.advance(by: LaneSupervisor.interval)
        }
    }

    func stop() async {
        task.cancel()
        await task.value
    }
}

/// Counts its polls.
private struct CountingProvider: Provider {
    let name = "counting"
    private var count = 0

    mutating func readings() -> [Reading] {
        count += 1
        return [.number("count", count)]
    }
}

/// Shows a file, by polling.
private struct FileProvider: Provider {
    let name = "file"
    let file: HangingFile

    init(_ file: HangingFile) { self.file = file }

    mutating func readings() -> [Reading] { Reading.file(file) }
}

/// Shows a file when the test asks for it.
private struct PushingFileProvider: PushingProvider {
    let name = "file"
    let file: HangingFile
    private let signal: Signal

    private final class Signal: Sendable {
        let continuation = Mutex<AsyncStream<Void>.Continuation?>(nil)
    }

    init(_ file: HangingFile) {
        self.file = file
        signal = Signal()
    }

    func look() { _ = signal.continuation.withLock { $0?.yield() } }

    mutating func readings() -> [Reading] { Reading.file(file) }

    mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        let (looks, look) = AsyncStream<Void>.makeStream()
        signal.continuation.withLock { $0 = look }
        // A report that is the same as the one before is not made: what was withdrawn must come back all the same.
        var last: [Reading]?
        look.yield()
        for await _ in looks {
            let readings = readings()
            if last == nil { report(readings) }
            last = readings
        }
        try Task.checkCancellation()
    }
}

/// Answers whether it runs on a lane.
private struct LaneReporting: Controls {
    func call(_ path: String, _ request: CallRequest<JSON>) async throws -> JSON {
        .boolean(Lane.current?.work != nil)
    }
}

extension Reading {
    /// The text of a file.
    fileprivate static func file(_ file: HangingFile) -> [Reading] {
        file.read().map { [Reading("file", .string($0), Metadata(datatype: .string))] } ?? []
    }
}
