internal import DocumentedEvents
internal import Logging
internal import Moments

/// Looks after the lanes: finds providers that do not return from a piece of work, logs them with the file that they
/// access, withdraws their elements, and starts them again when they return.
///
/// Time is counted in looks and not by a clock, so that a machine that was suspended does not make a provider overdue.
struct LaneSupervisor {
    /// What became of a provider between two looks.
    private struct Sighting {
        /// The piece of work that was seen last.
        var number: Int
        /// How often it was seen again.
        var count = 0
        /// When it was seen first.
        let since: Moment
        var isOverdue: Bool { count >= LaneSupervisor.overdueCount }
        var isWithdrawn: Bool { count >= LaneSupervisor.withdrawalCount }
    }

    /// The time between two looks.
    static let interval = Duration.seconds(5)
    /// A provider is overdue when it was seen at the same work for this long.
    static let overdueTime = Duration.seconds(10)
    /// Its elements are withdrawn after this time.
    static let withdrawalTime = Duration.seconds(30)
    /// What is published without a special reason is published this rarely.
    static let publicationTime = Duration.seconds(60)

    private static let overdueCount = Int(overdueTime / interval)
    private static let withdrawalCount = Int(withdrawalTime / interval)
    private static let publicationCount = Int(publicationTime / interval)

    private let runs: [ProviderRun]
    private let logger: Logger
    private let now: @Sendable () -> Moment
    private var sightings: [String: Sighting] = [:]
    private var published: [ProviderHealth] = []
    private var looksSincePublication = 0

    /// Looks after the lanes of `runs`.
    init(_ runs: [ProviderRun], logger: Logger, now: @escaping @Sendable () -> Moment = { .now }) {
        self.runs = runs
        self.logger = logger
        self.now = now
    }

    /// Looks at all lanes once.
    ///
    /// - Parameter withdraw: Takes the elements of a provider from the bus.
    mutating func look(withdraw: (String) -> Void) {
        for run in runs {
            let work = run.lane.work
            guard let work, let known = sightings[run.name], known.number == work.number else {
                if let known = sightings.removeValue(forKey: run.name), known.isOverdue { hasReturned(run, known) }
                if let work { sightings[run.name] = Sighting(number: work.number, since: now()) }
                continue
            }
            var sighting = known
            sighting.count += 1
            sightings[run.name] = sighting
            if sighting.isOverdue { run.setOverdue(since: sighting.since, path: work.path) }
            if sighting.isOverdue, !known.isOverdue {
                note(.providerOverdue, run, ["path": "\(work.path ?? "unknown")"])
            }
            if sighting.isWithdrawn, !known.isWithdrawn {
                note(.providerWithdrawn, run, ["path": "\(work.path ?? "unknown")"])
                withdraw(run.name)
            }
        }
    }

    /// What to publish about the providers: when a provider became overdue or returned or has reported for the first
    /// time, and otherwise once a minute; `nil` when there is nothing to publish yet.
    mutating func readings() -> [Reading]? {
        let healths = runs.map(\.health)
        looksSincePublication += 1
        let isSame = published.count == healths.count && zip(published, healths).allSatisfy { $0.isLike($1) }
        if isSame, looksSincePublication < Self.publicationCount { return nil }
        published = healths
        looksSincePublication = 0
        return zip(runs, healths).map { run, health in health.reading(of: run.name) }
    }

    private func hasReturned(_ run: ProviderRun, _ sighting: Sighting) {
        run.setOverdue(since: nil, path: nil)
        note(.providerReturned, run, ["since": "\(sighting.since.text ?? "unknown")"])
        if sighting.isWithdrawn { run.restart() }
    }

    private func note(_ event: AgentEvent, _ run: ProviderRun, _ metadata: Logger.Metadata) {
        logger.note(event, metadata.merging(["provider": "\(run.name)"]) { $1 })
    }
}

extension ProviderHealth {
    /// Whether both differ only in what changes with every poll.
    fileprivate func isLike(_ other: ProviderHealth) -> Bool {
        overdueSince == other.overdueSince && path == other.path && (lastSuccess == nil) == (other.lastSuccess == nil)
    }
}
