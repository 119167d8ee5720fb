/// The time as the shell passes it in. Shared by the parts of the bus, so that all of them see the same time.
final class Clock {
    /// The latest time that was passed in, in nanoseconds.
    private(set) var now: UInt64 = 0

    /// - Parameter now: The time in nanoseconds, by a clock that never goes back.
    @inline(__always)
    func advance(to now: UInt64) { self.now = max(self.now, now) }
}
