internal import DocumentedEvents
public import Logging

/// Keeps the bus up to date with the host: runs the providers, and gives what they report through the `StateBoard` to
/// the publisher.
///
///     let agent = Agent(HostProviders.all(of: Host(), logger: logger), publisher: publisher, logger: logger)
///     try await agent.run()
///
/// Providers read on their own; what they report is published in one place, one set after the other. When the bus is
/// slow or away, only the newest sets wait for it.
public struct Agent: Sendable {
    private let providers: [any Provider]
    private let publisher: any Publisher
    private let interval: Duration
    private let controllers: [String: Controller]
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let reports = Reports()

    /// So long a provider whose source ended rests before it is started again.
    static let restartDelay = Duration.seconds(5)
    /// After so long what the bus refused is offered again: another agent may have had it, and has gone.
    static let retryDelay = Duration.seconds(30)

    /// An agent that is not running yet.
    ///
    /// - Parameters:
    ///   - providers: What to show.
    ///   - publisher: Where to show it.
    ///   - interval: How long to wait between two polls.
    ///   - group: Which group of peers may set and call.
    ///   - clock: What time is measured by.
    ///   - logger: Where problems are told.
    public init(
        _ providers: [any Provider], publisher: any Publisher, interval: Duration = .seconds(1),
        group: String = "operator", clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.providers = providers
        self.publisher = publisher
        self.interval = interval
        self.clock = clock
        self.logger = logger
        let controlling = providers.compactMap { $0 as? any ControllingProvider }
        controllers = Dictionary(
            controlling.map { ($0.name, Controller($0.controls, group: group)) }
        ) { first, _ in first }
    }

    /// Runs until the task is cancelled.
    public func run() async {
        await withTaskGroup { group in
            let polled = providers.filter { !($0 is any PushingProvider) }
            let poller = Poller(polled, interval: interval) { reports.put($1, of: $0) }
            group.addTask { try? await poller.run(clock: clock) }
            for provider in polled {
                guard let provider = provider as? any WakingProvider else { continue }
                let waking = Waking(provider: provider, poller: poller, clock: clock, logger: logger)
                group.addTask { await waking.run() }
            }
            for provider in providers {
                guard let provider = provider as? any PushingProvider else { continue }
                group.addTask { await keepRunning(provider, reports) }
            }
            await withDiscardingTaskGroup { retries in
                await publish(reports) { provider in
                    retries.addTask {
                        try? await clock.sleep(for: Self.retryDelay)
                        reports.retry(provider)
                    }
                }
                retries.cancelAll()
            }
            group.cancelAll()
        }
    }

    /// Waits until all that was reported by now is published: that much of the agent goes on then. While it does not run,
    /// or the bus is away, that takes until the task is cancelled.
    public func goRound() async { await reports.goRound() }

    /// Publishes what is reported until the task is cancelled.
    ///
    /// - Parameter retryLater: Sees to it that a provider's set is offered again, if it does not report another one.
    private func publish(_ reports: Reports, retryLater: (String) -> Void) async {
        var board = StateBoard()
        let faults = FaultLog(logger, verb: "published")
        while await reports.wait() {
            for report in reports.take() {
                let outcome = board.apply(report.readings, of: report.provider)
                for conflict in outcome.conflicts {
                    logger.note(
                        AgentEvent.pathTaken,
                        [
                            "path": "\(conflict.path)", "provider": "\(report.provider)", "owner": "\(conflict.owner)",
                        ])
                }
                if outcome.publications.isEmpty { continue }
                let refused = await publisher.publish(
                    outcome.publications, controller: controllers[report.provider])
                // What was left undone because the agent ends is no fault of anything.
                if Task.isCancelled { return }
                if !refused.isEmpty, reports.putAside(report) { retryLater(report.provider) }
                for publication in outcome.publications {
                    if let reason = refused[publication.path] {
                        board.withdraw(publication.path)
                        faults.failed(publication.path, reason)
                    } else {
                        faults.worked(publication.path)
                    }
                }
            }
            reports.endRound()
        }
    }

    /// Runs a provider, again after a rest when its source ends: then nothing is known, and so nothing is shown.
    private func keepRunning(_ provider: any PushingProvider, _ reports: Reports) async {
        var provider = provider
        let name = provider.name
        let faults = FaultLog(logger)
        while !Task.isCancelled {
            do {
                try await provider.run {
                    faults.worked(name)
                    reports.put($0, of: name)
                }
            } catch {
                if Task.isCancelled { return }
                faults.failed(name, error)
            }
            reports.put([], of: name)
            try? await clock.sleep(for: Self.restartDelay)
        }
    }
}
