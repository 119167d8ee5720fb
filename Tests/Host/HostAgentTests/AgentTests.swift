import JSONText
import JetProtocol
import Logging
import Testing

@testable import AgentCore
@testable import Providers

/// The agent as a whole, without a bus.
@Suite(.timeLimit(.minutes(1)))
struct AgentTests {
    @Test("what providers report is published, and then only what changed")
    func publishes() async {
        let bus = MemoryBus()
        await run([Counter("a")], bus) { $0.count >= 10 }
        let publications = await bus.publications
        #expect(publications.first?.path == "a")
        #expect(publications.filter { $0.path == "constant/a" } == [.add(.number("constant/a", 0))])
        let values = publications.compactMap { if case .change("a", let value) = $0 { value.int } else { nil } }
        #expect(values == values.sorted() && Set(values).count == values.count)
    }

    @Test("a provider whose source ends shows nothing, is said to be broken once, and is started again")
    func restarts() async {
        let bus = MemoryBus()
        let log = MemoryLog()
        await run([Ending(bus: bus)], bus, log) { $0.count >= 4 }
        let once: [Publication] = [.add(.number("x", 1)), .remove(path: "x")]
        let publications = await bus.publications.filter { !$0.path.hasPrefix("agent/") }
        #expect(Array(publications.prefix(4)) == once + once)
        #expect(log.said.prefix(2) == ["warning cannot be read ending", "notice can be read again ending"])
    }

    @Test("what the bus refuses costs only itself, is said once, and is tried again")
    func refused() async {
        let bus = MemoryBus(refusing: ["a"])
        let log = MemoryLog()
        await run([Counter("a")], bus, log) { $0.count { $0.path == "a" } >= 3 }
        let publications = await bus.publications
        #expect(publications.filter { $0.path == "constant/a" }.count == 1)
        #expect(publications.allSatisfy { if case .add = $0 { true } else { false } })
        #expect(log.said == ["warning cannot be published a"])
    }

    @Test("what the bus refused of a set is offered again, though its provider has nothing new to say")
    func retried() async {
        let bus = MemoryBus(refusing: ["a"])
        let log = MemoryLog()
        await run([Silent()], bus, log) { $0.count { $0.path == "a" } >= 3 }
        #expect(await bus.publications.count { $0.path == "b" } == 1)
        #expect(log.said == ["warning cannot be published a"])
    }

    @Test("a path that two providers claim stays the first one's, and is told once")
    func conflict() async {
        let bus = MemoryBus()
        let log = MemoryLog()
        await run([Counter("a"), Counter("a", name: "other")], bus, log) { $0.count >= 6 }
        #expect(log.said == Array(repeating: "warning a reading is ignored because its path is in use", count: 2))
    }

    @Test("it runs until it is cancelled")
    func cancellation() async {
        let bus = MemoryBus()
        let agent = Agent(
            [Counter("a")], publisher: bus, clock: VirtualClock(),
            logger: MemoryLog().logger)
        let running = Task { await agent.run() }
        await bus.published { !$0.isEmpty }
        running.cancel()
        await running.value
    }

    @Test("sets that wait for the bus are kept to the newest of each provider")
    func reports() async {
        let reports = Reports()
        reports.put([.number("a", 1)], of: "x")
        reports.put([.number("b", 1)], of: "y")
        reports.put([.number("a", 2)], of: "x")
        #expect(await reports.wait())
        #expect(reports.take().map(\.readings) == [[.number("a", 2)], [.number("b", 1)]])
        #expect(reports.take().isEmpty)
    }

    @Test("a set that was put aside is offered again only if there is no newer one")
    func putAside() async throws {
        let reports = Reports()
        reports.put([.number("a", 1)], of: "x")
        let first = try #require(reports.take().first)
        #expect(reports.putAside(first))
        #expect(!reports.putAside(first))
        reports.retry("x")
        #expect(reports.take().map(\.readings) == [[.number("a", 1)]])

        #expect(reports.putAside(first))
        reports.put([.number("a", 2)], of: "x")
        #expect(reports.take().count == 1)
        reports.retry("x")
        #expect(reports.take().isEmpty)
    }

    /// Runs an agent until `isDone` says so of what it published.
    private func run(
        _ providers: [any Provider], _ bus: MemoryBus, _ log: MemoryLog = MemoryLog(),
        until isDone: @escaping @Sendable ([Publication]) -> Bool
    ) async {
        let agent = Agent(
            providers, publisher: bus, clock: VirtualClock(), logger: log.logger)
        let running = Task { await agent.run() }
        // What the agent publishes about itself comes with the time, and is not what these tests look at.
        await bus.published { isDone($0.filter { !$0.path.hasPrefix("agent/") }) }
        running.cancel()
        _ = await running.result
    }
}

/// Counts up from 1 at each poll. When there is no hurry to publish, numbers are left out.
private struct Counter: Provider {
    let name: String
    private let path: String
    private var count = 0

    init(_ path: String, name: String = "counter") {
        self.path = path
        self.name = name
    }

    mutating func readings() -> [Reading] {
        count += 1
        return [.number(path, count), .number("constant/" + path, 0)]
    }
}

/// Says two things and then nothing any more.
private struct Silent: PushingProvider {
    let name = "silent"

    mutating func readings() -> [Reading] { [] }

    mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        report([.number("a", 1), .number("b", 1)])
        try await Task.sleep(for: .seconds(3600))
    }
}

/// Says one thing, and when that is published, its source ends.
private struct Ending: PushingProvider {
    let name = "ending"
    let bus: MemoryBus

    mutating func readings() -> [Reading] { [] }

    mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        report([.number("x", 1)])
        await bus.published { $0.last == .add(.number("x", 1)) }
        throw HostFileError(code: 5)
    }
}
