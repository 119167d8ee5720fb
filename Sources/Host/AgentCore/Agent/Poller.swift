/// Asks providers for their readings again and again, all of them by one timer: a device that sleeps is woken once for
/// all its sensors. One whose source tells that something happened is asked at once, without regard to the timer.
actor Poller {
    private var providers: [any Provider]
    private let interval: Duration
    private let report: @Sendable (_ provider: String, _ readings: [Reading]) -> Void

    /// A poller that is not running yet.
    ///
    /// - Parameters:
    ///   - providers: Whom to ask.
    ///   - interval: How long to wait between two polls of those that do not say themselves.
    ///   - report: Takes what they say.
    init(
        _ providers: [any Provider], interval: Duration,
        report: @escaping @Sendable (_ provider: String, _ readings: [Reading]) -> Void
    ) {
        self.providers = providers
        self.interval = interval
        self.report = report
    }

    /// Asks until the task is cancelled.
    ///
    /// Polls that were missed (since the machine was asleep, or a sensor took long to answer) are not made up for.
    func run<Time: Clock>(clock: Time) async throws where Time.Duration == Duration {
        let start = clock.now
        var due = providers.map { _ in start }
        while let next = due.min() {
            // Being late by a little matters to nobody, and lets the kernel wake for several things at once.
            try await clock.sleep(until: next, tolerance: interval / 10)
            for index in providers.indices where due[index] <= clock.now {
                ask(index)
                let period = providers[index].period ?? interval
                due[index] = due[index].advanced(by: period)
                if due[index] <= clock.now { due[index] = clock.now.advanced(by: period) }
            }
        }
    }

    /// Asks the provider of this name now. When it is due by the timer does not change.
    func askNow(_ name: String) {
        for index in providers.indices where providers[index].name == name { ask(index) }
    }

    private func ask(_ index: Int) { report(providers[index].name, providers[index].readings()) }
}
