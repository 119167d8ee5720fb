internal import Synchronization

/// What providers have reported and nobody has published yet: of each provider the newest set.
///
/// Sets are complete, so that an older one is worth nothing once there is a newer: however long the bus does not
/// answer, no more than one set of each provider waits.
///
/// A *round* is put among them by whoever wants to know whether all this goes on: it is over when what was left before it
/// is published.
///
/// A set of which something was refused is put aside, and offered again if it is still the newest one then: who reports
/// only changes may not report again for days.
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
        /// Those who wait for the end of a round that nobody has taken yet.
        var rounds: [AsyncStream<Never>.Continuation] = []
        /// Those whose round was taken, together with what it was put behind.
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
    /// - Returns: Whether nobody was told to `retry` that provider's set later and has not done so yet.
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
