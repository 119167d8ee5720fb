/// Asks for polls again and again, all by one timer: a device that sleeps is woken once for all its sensors.
///
/// The poller does not wait for the polls, which take place on the lanes of the providers.
struct Poller: Sendable {
    /// What is polled.
    struct Client: Sendable {
        /// How long to wait between two polls.
        let period: Duration
        /// Asks for a poll; returns without waiting for it.
        let ask: @Sendable () -> Void
    }

    private let clients: [Client]
    private let tolerance: Duration

    /// A poller that is not running yet.
    ///
    /// - Parameters:
    ///   - clients: What is polled.
    ///   - tolerance: How much later a poll may be, so that the kernel can wake for several things together.
    init(_ clients: [Client], tolerance: Duration) {
        self.clients = clients
        self.tolerance = tolerance
    }

    /// Asks until the task is cancelled.
    ///
    /// Polls that were missed because the machine was suspended are not made up for.
    func run<Time: Clock>(clock: Time) async throws where Time.Duration == Duration {
        let start = clock.now
        var times = clients.map { _ in start }
        while let next = times.min() {
            try await clock.sleep(until: next, tolerance: tolerance)
            for (index, client) in clients.enumerated() where times[index] <= clock.now {
                client.ask()
                times[index] = times[index].advanced(by: client.period)
                if times[index] <= clock.now { times[index] = clock.now.advanced(by: client.period) }
            }
        }
    }
}
