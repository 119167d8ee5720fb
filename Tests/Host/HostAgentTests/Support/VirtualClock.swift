import Synchronization

/// A clock on which a sleep takes no time: it is put forward to where the sleeper wants to wake. What waits long in
/// life is over at once in a test, and how long it would have waited is on record.
final class VirtualClock: Clock {
    /// A time since the clock was made.
    struct Instant: InstantProtocol {
        let offset: Swift.Duration

        func advanced(by duration: Swift.Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Swift.Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let time = Mutex(Instant(offset: .zero))
    private let record = Mutex<[Swift.Duration]>([])

    var now: Instant { time.withLock { $0 } }
    var minimumResolution: Swift.Duration { .zero }

    /// How long each sleep was.
    var sleeps: [Swift.Duration] { record.withLock { $0 } }

    func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
        try Task.checkCancellation()
        let length = time.withLock { now in
            defer { now = max(now, deadline) }
            return now.duration(to: deadline)
        }
        record.withLock { $0.append(length) }
        await Task.yield()
    }

    /// Puts the clock forward, as a machine's that was asleep.
    func skip(_ duration: Swift.Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}
