/// How long to wait between attempts to connect: not at all before the first, then ever longer, never longer than a
/// bound. Random, so that the peers of a daemon that comes back do not all come at once.
struct Backoff: Sendable {
    /// The upper bound of the wait before the second attempt.
    let first: Duration
    /// The upper bound of any wait.
    let longest: Duration
    private var attempts = 0

    init(first: Duration, longest: Duration) {
        self.first = max(first, .milliseconds(1))
        self.longest = max(longest, self.first)
    }

    /// How long to wait now: between half and the whole of a bound that doubles each time.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        defer { attempts = min(attempts + 1, 30) }
        guard attempts > 0 else { return .zero }
        let bound = min(first * (1 << (attempts - 1)), longest)
        return bound * Double.random(in: 0.5...1, using: &generator)
    }

    /// Notes how long a connection lasted. One that held is a success, and the next attempt comes at once again; one
    /// that the daemon closed right away is only one more attempt that failed.
    mutating func lasted(_ duration: Duration) {
        if duration >= longest { attempts = 0 }
    }
}
