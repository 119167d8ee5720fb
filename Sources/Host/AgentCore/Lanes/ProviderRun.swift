internal import Logging
internal import Moments
internal import Synchronization

/// A provider at work on its lane, from the agent's start to its end.
///
/// A plain provider is polled when the `Poller` asks. A `WakingProvider` is also polled when its source notifies it, but
/// rests after that: devices come in crowds, and one look at all of them is enough. A `PushingProvider` runs by itself;
/// it is started again when its source ends.
final class ProviderRun: Sendable {
    /// Why a provider is polled.
    private enum Reason: Sendable {
        case timer
        case event
    }

    private struct State {
        var health = ProviderHealth()
        var isPolling = false
        /// The run of a pushing provider.
        var pushing: Task<Void, any Error>?
        var isRestarting = false
    }

    /// How long a provider rests after a poll that its source asked for.
    static let rest = Duration.milliseconds(100)
    /// How long to wait before a source that ended is opened again.
    static let restartDelay = Duration.seconds(5)

    let name: String
    let lane: Lane
    private let provider: any Provider
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let state = Mutex(State())
    private let polls: AsyncStream<Reason>
    private let poll: AsyncStream<Reason>.Continuation

    /// A provider that is not running yet.
    init(_ provider: any Provider, clock: any Clock<Duration>, logger: Logger) {
        self.provider = provider
        self.clock = clock
        self.logger = logger
        name = provider.name
        lane = Lane(provider.name)
        (polls, poll) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether the provider has to be polled.
    var isPolled: Bool { !(provider is any PushingProvider) }

    /// How long to wait between two polls, if the provider says so.
    var period: Duration? { provider.period }

    /// How the provider fares.
    var health: ProviderHealth {
        get { state.withLock(\.health) }
    }

    /// Notes since when the provider is overdue, and with which file; `nil` when it is not (any more).
    func setOverdue(since moment: Moment?, path: String?) {
        state.withLock { state in
            state.health.overdueSince = moment
            state.health.path = path
        }
    }

    /// Asks for a poll, unless the last one has not ended: polls that were missed are not made up for.
    func pollIfIdle() {
        if !state.withLock(\.isPolling) { poll.yield(.timer) }
    }

    /// Runs the provider on its lane until the task is cancelled.
    func start(report: @escaping @Sendable ([Reading]) -> Void) -> Task<Void, any Error> {
        lane.start {
            if let provider = self.provider as? any PushingProvider {
                await self.keepRunning(provider, report)
            } else {
                await self.keepPolling(report)
            }
        }
    }

    // MARK: - Polled providers

    private func keepPolling(_ report: @escaping @Sendable ([Reading]) -> Void) async {
        var provider = provider
        await withTaskGroup { group in
            if let waking = provider as? any WakingProvider { group.addTask { await self.listen(to: waking) } }
            for await reason in polls {
                state.withLock { $0.isPolling = true }
                var readings: [Reading] = []
                let duration = ContinuousClock().measure { readings = provider.readings() }
                report(readings)
                state.withLock { state in
                    state.isPolling = false
                    state.health.duration = duration
                    state.health.lastSuccess = .now
                }
                if reason == .event { try? await clock.sleep(for: Self.rest) }
            }
            group.cancelAll()
        }
    }

    /// Has the provider polled when its source notifies it. While there is no source, the provider is still polled by
    /// the timer.
    private func listen(to provider: any WakingProvider) async {
        let faults = FaultLog(logger, verb: "watched")
        while !Task.isCancelled {
            do {
                try await provider.watch {
                    faults.worked(self.name)
                    self.poll.yield(.event)
                }
            } catch {
                if Task.isCancelled { return }
                faults.failed(name, error)
            }
            try? await clock.sleep(for: Self.restartDelay)
        }
    }

    // MARK: - Pushing providers

    /// Starts the run of a pushing provider again: what it would have reported while it was withdrawn is not known.
    func restart() {
        state.withLock { state in
            guard let pushing = state.pushing else { return }
            state.isRestarting = true
            pushing.cancel()
        }
    }

    private func keepRunning(
        _ provider: any PushingProvider, _ report: @escaping @Sendable ([Reading]) -> Void
    ) async {
        let faults = FaultLog(logger)
        while !Task.isCancelled {
            let run = lane.start {
                var provider = provider
                try await provider.run { readings in
                    faults.worked(self.name)
                    self.state.withLock { $0.health.lastSuccess = .now }
                    report(readings)
                }
            }
            state.withLock { $0.pushing = run }
            let result = await withTaskCancellationHandler {
                await run.result
            } onCancel: {
                run.cancel()
            }
            if Task.isCancelled { return }
            let isRestarting = state.withLock { state in
                defer { state.isRestarting = false }
                state.pushing = nil
                return state.isRestarting
            }
            if isRestarting { continue }
            if case .failure(let error) = result { faults.failed(name, error) }
            // Nothing is known now, so nothing is shown.
            report([])
            try? await clock.sleep(for: Self.restartDelay)
        }
    }
}
