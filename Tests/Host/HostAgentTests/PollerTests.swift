import Synchronization
import Testing

@testable import HostAgent

/// When providers are asked.
struct PollerTests {
    @Test("all are asked at once and then by their own period, on one timer")
    func periods() async {
        let polls = await polls(of: [Counting("fast"), Counting("slow", period: .seconds(5))], count: 14)
        #expect(polls.filter { $0.provider == "slow" }.map(\.time) == [.seconds(0), .seconds(5), .seconds(10)])
        #expect(polls.filter { $0.provider == "fast" }.map(\.time) == (0...10).map { .seconds($0) })
    }

    @Test("polls that were missed while the machine slept are not made up for")
    func asleep() async {
        let polls = await polls(of: [Counting("x")], count: 4) { clock, count in
            if count == 2 { clock.skip(.seconds(3600)) }
        }
        #expect(polls.map(\.time) == [.seconds(0), .seconds(1), .seconds(3602), .seconds(3603)])
    }

    @Test("after a long sleep each is asked once and then by its own period: no burst, no matter how many were missed")
    func resumed() async {
        let polls = await polls(of: [Counting("fast"), Counting("slow", period: .seconds(10))], count: 10) {
            clock, count in
            if count == 3 { clock.skip(.seconds(86_400)) }
        }
        let late = polls.filter { $0.time > .seconds(86_000) }
        #expect(late.map(\.provider) == ["slow", "fast", "fast", "fast", "fast", "fast", "fast"])
        #expect(late.map(\.time.components.seconds) == Array(86_401...86_407))
    }

    @Test("with nobody to ask there is nothing to wait for")
    func nobody() async throws {
        let poller = Poller([], interval: .seconds(1)) { _, _ in }
        try await poller.run(clock: VirtualClock())
    }

    private struct Poll {
        let provider: String
        let time: Duration
    }

    /// The first `count` polls and when they were made.
    private func polls(
        of providers: [any Provider], count: Int, each: @escaping @Sendable (VirtualClock, Int) -> Void = { _, _ in }
    ) async -> [Poll] {
        let clock = VirtualClock()
        let polls = Mutex<[Poll]>([])
        let task = Task {
            let poller = Poller(providers, interval: .seconds(1)) { provider, _ in
                polls.withLock { polls in
                    polls.append(Poll(provider: provider, time: clock.now.offset))
                    each(clock, polls.count)
                    if polls.count == count { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            try await poller.run(clock: clock)
        }
        _ = await task.result
        return polls.withLock { $0 }
    }

    private struct Counting: Provider {
        let name: String
        let period: Duration?

        init(_ name: String, period: Duration? = nil) {
            self.name = name
            self.period = period
        }

        mutating func readings() -> [Reading] { [] }
    }
}
