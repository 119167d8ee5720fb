import Synchronization
import Testing

@testable import AgentCore
@testable import Providers

/// When providers are asked.
struct PollerTests {
    @Test("all are asked at once and then by their own period, on one timer")
    func periods() async {
        let polls = await polls(of: ["fast": .seconds(1), "slow": .seconds(5)], count: 14)
        #expect(polls.filter { $0.client == "slow" }.map(\.time) == [.seconds(0), .seconds(5), .seconds(10)])
        #expect(polls.filter { $0.client == "fast" }.map(\.time) == (0...10).map { .seconds($0) })
    }

    @Test("polls that were missed while the machine slept are not made up for")
    func asleep() async {
        let polls = await polls(of: ["x": .seconds(1)], count: 4) { clock, count in
            if count == 2 { clock.skip(.seconds(3600)) }
        }
        #expect(polls.map(\.time) == [.seconds(0), .seconds(1), .seconds(3602), .seconds(3603)])
    }

    @Test("after a long sleep each is asked once and then by its own period: no burst, no matter how many were missed")
    func resumed() async {
        let polls = await polls(of: ["fast": .seconds(1), "slow": .seconds(10)], count: 10) {
            clock, count in
            if count == 3 { clock.skip(.seconds(86_400)) }
        }
        let late = polls.filter { $0.time > .seconds(86_000) }
        #expect(late.map(\.client) == ["slow", "fast", "fast", "fast", "fast", "fast", "fast"])
        #expect(late.map(\.time.components.seconds) == Array(86_401...86_407))
    }

    @Test("without clients there is nothing to wait for")
    func noClients() async throws {
        let poller = Poller([], tolerance: .zero)
        try await poller.run(clock: VirtualClock())
    }

    private struct Poll {
        let client: String
        let time: Duration
    }

    /// The first `count` polls and when they were asked for.
    private func polls(
        of periods: KeyValuePairs<String, Duration>, count: Int,
        each: @escaping @Sendable (VirtualClock, Int) -> Void = { _, _ in }
    ) async -> [Poll] {
        let clock = VirtualClock()
        let polls = Mutex<[Poll]>([])
        let task = Task {
            let clients = periods.map { name, period in
                Poller.Client(period: period) {
                    polls.withLock { polls in
                        polls.append(Poll(client: name, time: clock.now.offset))
                        each(clock, polls.count)
                        if polls.count == count { withUnsafeCurrentTask { $0?.cancel() } }
                    }
                }
            }
            try await Poller(clients, tolerance: .zero).run(clock: clock)
        }
        _ = await task.result
        return polls.withLock { $0 }
    }
}
