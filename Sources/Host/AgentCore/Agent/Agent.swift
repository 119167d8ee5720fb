internal import DocumentedEvents
public import Logging

/// Keeps the bus up to date with the host: runs the providers, and gives what they report through the `StateBoard` to
/// the publisher.
///
///     let agent = Agent(providers, publisher: PeerPublisher(peer, logger: logger), logger: logger)
///     await agent.run()
///
/// Each provider works on a `Lane` of its own; what providers report is published in one place, one set after the other.
/// When the bus is slow or away, only the newest sets wait for it.
public struct Agent: Sendable {
    private let runs: [ProviderRun]
    private let publisher: any Publisher
    private let interval: Duration
    private let controllers: [String: Controller]
    private let clock: any Clock<Duration>
    private let supervision: any Clock<Duration>
    private let logger: Logger
    private let reports = Reports()
    private let board = SharedBoard()

    /// How long to wait before what the bus refused is offered again: another agent may have had it, and has gone.
    static let retryDelay = Duration.seconds(30)
    /// How long the end of the agent waits for its providers.
    static let stopDelay = Duration.seconds(2)

    /// An agent that is not running yet.
    ///
    /// - Parameters:
    ///   - providers: What to show.
    ///   - publisher: Where to show it.
    ///   - interval: How long to wait between two polls.
    ///   - group: Which group of peers may set and call.
    ///   - clock: Measures the time between polls and before retries.
    ///   - supervision: Measures the time that a provider may take.
    ///   - logger: Receives problems.
    public init(
        _ providers: [any Provider], publisher: any Publisher, interval: Duration = .seconds(1),
        group: String = "operator", clock: any Clock<Duration> = ContinuousClock(),
        supervision: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.publisher = publisher
        self.interval = interval
        self.clock = clock
        self.supervision = supervision
        self.logger = logger
        let runs = providers.map { ProviderRun($0, clock: clock, logger: logger) }
        self.runs = runs
        var controllers: [String: Controller] = [:]
        for (provider, run) in zip(providers, runs) {
            guard let provider = provider as? any ControllingProvider else { continue }
            controllers[run.name] = Controller(LaneControls(provider.controls, of: run, on: board), group: group)
        }
        self.controllers = controllers
    }

    /// The names of the providers that are overdue.
    public var overdueProviders: [String] { runs.filter { $0.health.overdueSince != nil }.map(\.name) }

    /// The lane of the provider of this name.
    func lane(of provider: String) -> Lane? { runs.first { $0.name == provider }?.lane }

    /// Runs until the task is cancelled. A provider that hangs then does not delay the end for long.
    public func run() async {
        let tasks = runs.map { [reports] run in run.start { reports.put($0, of: run.name) } }
        await withTaskGroup { group in
            let clients = runs.filter(\.isPolled).map { run in
                Poller.Client(period: run.period ?? interval) { run.pollIfIdle() }
            }
            group.addTask { try? await Poller(clients, tolerance: interval / 10).run(clock: clock) }
            group.addTask { await supervise() }
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
        for task in tasks { task.cancel() }
        // This task is cancelled already, which must not cut the wait short.
        await Task { await end(of: tasks) }.value
    }

    /// Waits until all `tasks` have ended, but not longer than `stopDelay`: one may hang in the kernel.
    private func end(of tasks: [Task<Void, any Error>]) async {
        let (ends, end) = AsyncStream<Never>.makeStream()
        Task {
            for task in tasks { _ = await task.result }
            end.finish()
        }
        let timer = Task { [supervision] in
            try? await supervision.sleep(for: Self.stopDelay)
            end.finish()
        }
        for await _ in ends {}
        timer.cancel()
    }

    /// Looks after the lanes until the task is cancelled.
    private func supervise() async {
        var supervisor = LaneSupervisor(runs, logger: logger)
        while (try? await supervision.sleep(for: LaneSupervisor.interval, tolerance: .seconds(1))) != nil {
            supervisor.look { reports.put([], of: $0) }
            if let readings = supervisor.readings() { reports.put(readings, of: Self.name) }
        }
    }

    /// What the agent publishes about itself is published under this name, as that of a provider.
    private static let name = "agent"

    /// Waits until all that was reported by now is published: that much of the agent goes on then. While it does not run,
    /// or the bus is away, that takes until the task is cancelled.
    public func goRound() async { await reports.goRound() }

    /// Publishes what is reported until the task is cancelled.
    ///
    /// - Parameter retryLater: Sees to it that a provider's set is offered again, if it does not report another one.
    private func publish(_ reports: Reports, retryLater: (String) -> Void) async {
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
}
