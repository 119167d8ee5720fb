import Synchronization

/// A clock that stands still until the test advances it.
final class ManualClock: Clock {
    /// A time since the clock was made.
    struct Instant: InstantProtocol {
        let offset: Swift.Duration

        func advanced(by duration: Swift.Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Swift.Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Int: (deadline: Instant, wake: AsyncStream<Never>.Continuation)] = [:]
        var count = 0
        var waiting: [CheckedContinuation<Void, Never>] = []

        func wakes(after duration: Swift.Duration) -> Bool {
            sleepers.values.contains { $0.deadline <= now.advanced(by: duration) }
        }
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock(\.now) }
    var minimumResolution: Swift.Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
        let (ends, wake) = AsyncStream.makeStream(of: Never.self)
        let (number, waiting) = state.withLock { state in
            state.count += 1
            if deadline <= state.now { wake.finish() } else { state.sleepers[state.count] = (deadline, wake) }
            defer { state.waiting = [] }
            return (state.count, state.waiting)
        }
        for continuation in waiting { continuation.resume() }
        for await _ in ends {}
        state.withLock { $0.sleepers[number] = nil }
        try Task.checkCancellation()
    }

    /// Waits until something sleeps that this time wakes, then advances the clock.
    func advance(by duration: Swift.Duration) async {
        await waitForSleeper(within: duration)
        let woken = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let woken = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in woken.keys { state.sleepers[number] = nil }
            return woken.values.map(\.wake)
        }
        for wake in woken { wake.finish() }
    }

    /// Waits until something sleeps that this time would wake: what was woken before is done by then.
    func waitForSleeper(within duration: Swift.Duration) async {
        while !state.withLock({ $0.wakes(after: duration) }) {
            await withCheckedContinuation { continuation in
                let wakes = state.withLock { state in
                    if !state.wakes(after: duration) { state.waiting.append(continuation) }
                    return state.wakes(after: duration)
                }
                if wakes { continuation.resume() }
            }
        }
    }
}
