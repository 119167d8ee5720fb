internal import Synchronization

/// What providers have reported and what has not been published yet: the newest set of each provider.
///
/// Sets are complete, so a newer set replaces an older one: however long the bus does not answer, at most one set of
/// each provider waits.
///
/// A *round* is queued among the sets to check that publishing makes progress: it ends when everything that was queued
/// before it is published.
///
/// A set of which something was refused is put aside, and published again later if it is still the newest one: a
/// provider that reports only changes may not report again for days.
final class Reports: Sendable {
    /// One provider's complete set of readings.
    struct Report: Sendable {
        /// The provider's name.
        let provider: String
        /// Everything it had to say.
        let readings: [Reading]
        /// Which one it is of all: a greater number is a newer set.
        fileprivate let number: Int
    }

    private struct Content {
        var waiting: [Report] = []
        /// Of each provider the newest set of which something was refused, until `retry`.
        var refused: [String: Report] = [:]
        /// The number of each provider's newest set.
        var newest: [String: Int] = [:]
        var count = 0
        /// The waiters for rounds that have not been taken from the queue yet.
        var rounds: [AsyncStream<Never>.Continuation] = []
        /// The waiters for rounds that were taken, together with the sets queued before them.
        var takenRounds: [AsyncStream<Never>.Continuation] = []
    }

    private let content = Mutex(Content())
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init() { (arrivals, arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Leaves `readings` to be published, in the place of an older set of the same provider.
    func put(_ readings: [Reading], of provider: String) {
        content.withLock { content in
            content.count += 1
            content.newest[provider] = content.count
            let report = Report(provider: provider, readings: readings, number: content.count)
            if let index = content.waiting.firstIndex(where: { $0.provider == provider }) {
                content.waiting[index] = report
            } else {
                content.waiting.append(report)
            }
        }
        arrival.yield()
    }

    /// Keeps a set of which something was refused.
    ///
    /// - Returns: Whether the caller has to schedule a `retry` of that provider's set: none is pending yet.
    func putAside(_ report: Report) -> Bool {
        content.withLock { $0.refused.updateValue(report, forKey: report.provider) == nil }
    }

    /// Leaves the set that was put aside to be published again, unless the provider has reported another one.
    func retry(_ provider: String) {
        let isNewest = content.withLock { content in
            guard let report = content.refused.removeValue(forKey: provider),
                content.newest[provider] == report.number
            else { return false }
            content.waiting.append(report)
            return true
        }
        if isNewest { arrival.yield() }
    }

    /// Waits until all that waits now is published, or the task is cancelled.
    func goRound() async {
        let (end, round) = AsyncStream.makeStream(of: Never.self)
        content.withLock { $0.rounds.append(round) }
        arrival.yield()
        for await _ in end {}
    }

    /// All that was taken last is published.
    func endRound() {
        let ended = content.withLock { content in
            defer { content.takenRounds = [] }
            return content.takenRounds
        }
        for round in ended { round.finish() }
    }

    /// Takes all that waits, in the order in which the providers first reported.
    func take() -> [Report] {
        content.withLock { content in
            defer { content.waiting = [] }
            content.takenRounds += content.rounds
            content.rounds = []
            return content.waiting
        }
    }

    /// Waits until there is something to take.
    ///
    /// - Returns: `false` if the task is cancelled instead.
    func wait() async -> Bool {
        for await _ in arrivals { return !Task.isCancelled }
        return false
    }
}
