import JSONText
import JetProtocol
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import HostAgent

/// The agent as a whole, without a bus.
struct AgentTests {
    @Test("what providers report is published, and then only what changed")
    func publishes() async {
        let bus = MemoryBus()
        let numbers = Numbers(["a": [1, 2, 2, 2, 3], "b": [7]])
        await run([numbers], bus) { $0.contains(.change(path: "a", value: 3)) }
        #expect(bus.publications == [
            .add(.number("a", 1)), .add(.number("b", 7)), .change(path: "a", value: 2), .change(path: "a", value: 3),
        ])
    }

    @Test("a provider whose source ends shows nothing, is said to be broken once, and is started again")
    func restarts() async {
        let bus = MemoryBus()
        let log = MemoryLog()
        await run([Ending()], bus, log) { $0.count { $0 == .add(.number("x", 1)) } == 3 }
        let once: [Publication] = [.add(.number("x", 1)), .remove(path: "x")]
        #expect(Array(bus.publications.prefix(4)) == once + once)
        #expect(log.said.prefix(2) == ["warning cannot be read ending", "notice can be read again ending"])
    }

    @Test("what the bus refuses costs only itself, is said once, and is tried again")
    func refused() async {
        let bus = MemoryBus(refusing: ["a"])
        let log = MemoryLog()
        await run([Numbers(["a": [1], "b": [1, 2, 3, 4]])], bus, log) { $0.contains(.change(path: "b", value: 4)) }
        #expect(bus.publications.filter { $0.path == "b" }.count == 4)
        #expect(bus.publications.filter { $0.path == "a" }.allSatisfy { $0 == .add(.number("a", 1)) })
        #expect(log.said == ["warning cannot be published a"])
    }

    @Test("a path that two providers claim stays the first one's, and is told once")
    func conflict() async {
        let bus = MemoryBus()
        let log = MemoryLog()
        await run([Numbers(["a": [1, 2, 3]]), Numbers(["a": [7]], name: "other")], bus, log) {
            $0.contains(.change(path: "a", value: 3))
        }
        #expect(log.said == ["warning a reading was left out, since its path is taken"])
    }

    @Test("a graceful shutdown ends it")
    func shutdown() async throws {
        let bus = MemoryBus()
        let agent = Agent(
            [Numbers(["a": [1]])], publisher: bus, clock: VirtualClock(), logger: MemoryLog().logger)
        let group = ServiceGroup(services: [agent], logger: MemoryLog().logger)
        let running = Task { try await group.run() }
        await bus.published { !$0.isEmpty }
        await group.triggerGracefulShutdown()
        try await running.value
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

    /// Runs an agent until `isDone` says so of what it published.
    private func run(
        _ providers: [any Provider], _ bus: MemoryBus, _ log: MemoryLog = MemoryLog(),
        until isDone: @escaping @Sendable ([Publication]) -> Bool
    ) async {
        let agent = Agent(providers, publisher: bus, clock: VirtualClock(), logger: log.logger)
        let running = Task { try await agent.run() }
        await bus.published(isDone)
        running.cancel()
        _ = await running.result
    }
}

/// A bus that remembers what it was told.
private final class MemoryBus: Publisher {
    private let refusing: Set<String>
    private let record = Mutex<[Publication]>([])
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(refusing: Set<String> = []) { self.refusing = refusing }

    var publications: [Publication] { record.withLock { $0 } }

    func publish(_ publications: [Publication]) async -> [String: String] {
        record.withLock { $0 += publications }
        arrival.yield()
        return Dictionary(uniqueKeysWithValues: refusing.intersection(publications.map(\.path)).map { ($0, "no") })
    }

    /// Waits until what was published is as wanted.
    func published(_ condition: @Sendable ([Publication]) -> Bool) async {
        while !condition(publications) { for await _ in arrivals { break } }
    }
}

/// Gives numbers, at each poll the next ones, and stays at the last.
private struct Numbers: Provider {
    let name: String
    private let values: [String: [Int]]
    private let polls = Polls()

    init(_ values: [String: [Int]], name: String = "numbers") {
        self.name = name
        self.values = values
    }

    mutating func readings() -> [Reading] {
        let poll = polls.next()
        return values.sorted { $0.key < $1.key }.map { .number($0.key, $0.value[min(poll, $0.value.count - 1)]) }
    }

    private final class Polls: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock {
                defer { $0 += 1 }
                return $0
            }
        }
    }
}

/// Says one thing, and then its source ends.
private struct Ending: PushingProvider {
    let name = "ending"

    mutating func readings() -> [Reading] { [] }

    mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        report([.number("x", 1)])
        for _ in 0..<10 { await Task.yield() }
        throw CancellationError()
    }
}

extension Reading {
    fileprivate static func number(_ path: String, _ value: Int) -> Reading {
        Reading(path, .number(value), Metadata(datatype: .integer))
    }
}
