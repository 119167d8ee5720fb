import AgentCore
import Providers
import JSONText
import Jet
import JetDaemon
import JetProtocol
import Testing

/// The agent's states on a real bus, with a real daemon.
@Suite(.timeLimit(.minutes(1)))
struct PeerPublisherTests {
    @Test("readings become states with their meaning, which others can fetch and not set")
    func states() async throws {
        let bus = try await TestBus()
        let publisher = PeerPublisher(try await bus.peer(), logger: MemoryLog().logger)
        let user = try await bus.peer()
        let refused = await publisher.publish([
            .add(Self.temperature(41.5)), .add(Reading("b", 1, Metadata())),
            .change(path: "cpu/temperature", value: 43),
            .remove(path: "b"),
        ])
        #expect(refused.isEmpty)
        let entries = try await user.get(.path(startsWith: ""))
        #expect(entries.map(\.path) == ["cpu/temperature"])
        #expect(entries.first?.value == 43)
        #expect(entries.first?.meta == Metadata(title: "CPU temperature", unit: "°C", datatype: .float))
        await #expect { try await user.set("cpu/temperature", to: 20) } throws: {
            ($0 as? JetError)?.refusal == .fetchOnly("cpu/temperature")
        }
        await bus.stop()
    }

    @Test("hundreds of readings come at once, and one whose meaning changes is another state in its place")
    func many() async throws {
        let bus = try await TestBus()
        let publisher = PeerPublisher(try await bus.peer(), logger: MemoryLog().logger)
        let user = try await bus.peer()
        #expect(await publisher.publish((0..<500).map { .add(Reading("row/\($0)", .number($0), Metadata())) }).isEmpty)
        #expect(try await user.get(.path(startsWith: "row/")).count == 500)
        let refused = await publisher.publish([
            .remove(path: "row/7"), .remove(path: "row/8"),
            .add(Reading("row/7", "seven", Metadata(title: "Seven"))), .change(path: "row/9", value: "nine"),
        ])
        #expect(refused.isEmpty)
        let rows = try await user.get(.path(startsWith: "row/"))
        #expect(rows.count == 499)
        #expect(rows.first { $0.path == "row/7" }?.meta == Metadata(title: "Seven"))
        #expect(rows.first { $0.path == "row/9" }?.value == "nine")
        await bus.stop()
    }

    @Test("a path that another peer has is refused with the reason, and not asked for again at once")
    func taken() async throws {
        let bus = try await TestBus()
        let other = try await bus.peer()
        let state = try await other.addState("cpu/temperature", 20.0)
        let publisher = PeerPublisher(try await bus.peer(), logger: MemoryLog().logger)
        let refused = await publisher.publish([.add(Self.temperature(41)), .add(Reading("b", 1, Metadata()))])
        #expect(refused.keys.sorted() == ["cpu/temperature"])
        #expect(refused["cpu/temperature"]?.contains("is there already") == true)
        try await state.remove()
        #expect(await publisher.publish([.add(Self.temperature(41))]) == refused)
        await bus.stop()
    }

    @Test("when the daemon is started anew, the states are back with their newest values, and what came meanwhile too")
    func restartedDaemon() async throws {
        let bus = try await TestBus()
        let agent = try await bus.peer()
        let publisher = PeerPublisher(agent, logger: MemoryLog().logger)
        _ = await publisher.publish([.add(Self.temperature(41)), .add(Reading("gone", 1, Metadata()))])

        var events = agent.connectionEvents.makeAsyncIterator()
        await bus.stop()
        while let event = await events.next() { if case .disconnected = event { break } }
        let publishing = Task {
            await publisher.publish([
                .change(path: "cpu/temperature", value: 50), .remove(path: "gone"), .add(Reading("new", 2, Metadata())),
            ])
        }
        try await bus.start()
        #expect(await publishing.value.isEmpty)
        let user = try await bus.peer()
        let fetcher = try await user.fetch(.path(startsWith: ""))
        var states: [String: JSON] = [:]
        for try await event in fetcher where event.kind != .remove {
            states[event.path] = event.value
            if states == ["cpu/temperature": 50, "new": 2] { break }
        }
        #expect(states["gone"] == nil)
        await bus.stop()
    }

    @Test("without a daemon it is waited for, and that is said once")
    func waiting() async throws {
        let bus = try await TestBus()
        await bus.stop()
        let log = MemoryLog()
        let clock = VirtualClock()
        let endpoint = bus.endpoint
        let waiting = Task {
            try await Peer.waiting(
                for: endpoint, configuration: TestBus.configuration, clock: clock, logger: log.logger)
        }
        while clock.sleeps.count < 3 { await Task.yield() }
        try await bus.start()
        let peer = try await waiting.value
        #expect(peer.isConnected)
        #expect(log.said == ["notice waiting for the daemon"])
        await peer.close()
        await bus.stop()
    }

    private static func temperature(_ value: Double) -> Reading {
        Reading("cpu/temperature", .number(value), Metadata(title: "CPU temperature", unit: "°C", datatype: .float))
    }
}
