import Synchronization
import Testing

@testable import HostAgent

/// How a polled provider is asked between two polls.
struct WakingTests {
    @Test("who is woken is asked at once; the timer and the others know nothing of it")
    func askNow() async {
        let asked = Mutex<[String]>([])
        let poller = Poller([Plain(name: "a"), Plain(name: "b")], interval: .seconds(3600)) { name, _ in
            asked.withLock { $0.append(name) }
        }
        await poller.askNow("b")
        await poller.askNow("no such provider")
        #expect(asked.withLock { $0 } == ["b"])
    }

    @Test("a crowd of wakes costs few polls, each after a rest, and the last one is not forgotten")
    func crowd() async {
        let clock = VirtualClock()
        let source = Source()
        let polls = Mutex(0)
        let poller = Poller([Woken(source: source)], interval: .seconds(3600)) { _, _ in
            polls.withLock { $0 += 1 }
            // What comes while it is asked is another reason to ask.
            if polls.withLock({ $0 }) == 1 { for _ in 0..<200 { source.wake() } }
            if polls.withLock({ $0 }) == 2 { source.finish() }
        }
        let waking = Task {
            await Waking(
                provider: Woken(source: source), poller: poller, clock: clock, logger: MemoryLog().logger
            ).run()
        }
        await source.ended()
        waking.cancel()
        await waking.value
        #expect(polls.withLock { $0 } == 2)
        #expect(clock.sleeps.contains(Waking.rest))
    }

    @Test("a source that ends is told once, and listened to again after a rest")
    func failing() async {
        let clock = VirtualClock()
        let log = MemoryLog()
        let attempts = Mutex(0)
        let provider = Failing {
            let count = attempts.withLock { count in
                count += 1
                return count
            }
            if count == 4 { withUnsafeCurrentTask { $0?.cancel() } }
        }
        let waking = Task {
            await Waking(
                provider: provider, poller: Poller([], interval: .seconds(1)) { _, _ in }, clock: clock,
                logger: log.logger
            ).listen {}
        }
        await waking.value
        #expect(attempts.withLock { $0 } == 4)
        #expect(log.said == ["warning cannot be watched failing"])
        #expect(clock.sleeps == [Waking.restartDelay, Waking.restartDelay, Waking.restartDelay])
    }

    private struct Plain: Provider {
        let name: String
        mutating func readings() -> [Reading] { [] }
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
            await source.ended()
        }
    }

    /// Wakes a provider when it is told to.
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
