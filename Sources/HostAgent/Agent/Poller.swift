/// Asks providers for their readings again and again, all of them by one timer: a device that sleeps is woken once for
/// all its sensors.
struct Poller: Sendable {
    /// Whom to ask.
    var providers: [any Provider]
    /// How long to wait between two polls of those that do not say themselves.
    let interval: Duration

    /// Asks until the task is cancelled.
    ///
    /// Polls that were missed (since the machine was asleep, or a sensor took long to answer) are not made up for.
    mutating func run<Time: Clock>(
        clock: Time, report: @Sendable (_ provider: String, _ readings: [Reading]) -> Void
    ) async throws where Time.Duration == Duration {
        let start = clock.now
        var due = providers.map { _ in start }
        while let next = due.min() {
            // Being late by a little matters to nobody, and lets the kernel wake for several things at once.
            try await clock.sleep(until: next, tolerance: interval / 10)
            for index in providers.indices where due[index] <= clock.now {
                report(providers[index].name, providers[index].readings())
                let period = providers[index].period ?? interval
                due[index] = due[index].advanced(by: period)
                if due[index] <= clock.now { due[index] = clock.now.advanced(by: period) }
            }
        }
    }
}
