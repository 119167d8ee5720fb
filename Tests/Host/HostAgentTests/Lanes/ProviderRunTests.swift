import Synchronization
import Testing

@testable import AgentCore
@testable import Providers

/// When a provider is polled on its lane.
@Suite(.timeLimit(.minutes(1)))
struct ProviderRunTests {
    @Test("a crowd of wakes costs few polls, each after a rest, and the last one is not forgotten")
    func crowd() async {
        let clock = VirtualClock()
        let source = Source()
        let polls = Mutex(0)
        let run = ProviderRun(Woken(source: source), clock: clock, logger: MemoryLog().logger)
        let task = run.start { _ in
            let count = polls.withLock { polls in
                polls += 1
                return polls
            }
            // What comes while it is polled is another reason to poll.
            if count == 1 { for _ in 0..<200 { source.wake() } }
            if count == 2 { source.finish() }
        }
        await source.ended()
        task.cancel()
        _ = await task.result
        #expect(polls.withLock { $0 } == 2)
        #expect(clock.sleeps.contains(ProviderRun.rest))
    }

    @Test("a poll is not asked for while the one before goes on")
    func busy() async throws {
        let file = try HangingFile("1")
        file.hang()
        let polls = Mutex(0)
        let (reports, report) = AsyncStream<Void>.makeStream()
        let run = ProviderRun(Reader(file: file), clock: VirtualClock(), logger: MemoryLog().logger)
        let task = run.start { _ in
            polls.withLock { $0 += 1 }
            report.yield()
        }
        run.pollIfIdle()
        while run.lane.work?.path == nil { await Task.yield() }
        for _ in 0..<10 { run.pollIfIdle() }
        file.release("1")
        for await _ in reports { break }
        while run.lane.work != nil { await Task.yield() }
        #expect(polls.withLock { $0 } == 1)
        task.cancel()
        _ = await task.result
    }

    @Test("a source that ends is logged once, and opened again after a delay")
    func failing() async {
        let clock = VirtualClock()
        let log = MemoryLog()
        let attempts = Mutex(0)
        let provider = Failing {
            attempts.withLock { $0 += 1 }
        }
        let run = ProviderRun(provider, clock: clock, logger: log.logger)
        let task = run.start { _ in }
        while attempts.withLock({ $0 }) < 4 { await Task.yield() }
        task.cancel()
        _ = await task.result
        #expect(log.said == ["warning cannot be watched failing"])
        #expect(clock.sleeps.count >= 3 && Set(clock.sleeps) == [ProviderRun.restartDelay])
    }

    private struct Reader: Provider {
        let name = "reader"
        let file: HangingFile
        mutating func readings() -> [Reading] {
            _ = file.read()
            return []
        }
    }

    private struct Failing: WakingProvider {
        struct End: Error {}
        let name = "failing"
        let attempt: @Sendable () -> Void
        mutating func readings() -> [Reading] { [] }
        func watch(_ wake: @escaping @Sendable () -> Void) async throws {
            attempt()
            throw End()
        }
    }

    private struct Woken: WakingProvider {
        let name = "woken"
        let source: Source
        mutating func readings() -> [Reading] { [] }
        func watch(_ wake: @escaping @Sendable () -> Void) async throws {
            source.listener.withLock { $0 = wake }
            wake()
            try await Task.sleep(for: .seconds(3600))
        }
    }

    /// Wakes a provider when the test asks for it.
    private final class Source: Sendable {
        let listener = Mutex<(@Sendable () -> Void)?>(nil)
        private let ends: AsyncStream<Void>
        private let end: AsyncStream<Void>.Continuation

        init() { (ends, end) = AsyncStream.makeStream() }

        func wake() { listener.withLock { $0 }?() }
        func finish() { end.finish() }
        func ended() async { for await _ in ends {} }
    }
}
