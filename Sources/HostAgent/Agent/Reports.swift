internal import Synchronization

/// What providers have reported and nobody has published yet: of each provider the newest set.
///
/// Sets are complete, so that an older one is worth nothing once there is a newer: however long the bus does not
/// answer, no more than one set of each provider waits.
final class Reports: Sendable {
    /// One provider's complete set of readings.
    struct Report: Sendable {
        /// The provider's name.
        let provider: String
        /// Everything it had to say.
        var readings: [Reading]
    }

    private let waiting = Mutex<[Report]>([])
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init() { (arrivals, arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Leaves `readings` to be published, in the place of an older set of the same provider.
    func put(_ readings: [Reading], of provider: String) {
        waiting.withLock { waiting in
            if let index = waiting.firstIndex(where: { $0.provider == provider }) {
                waiting[index].readings = readings
            } else {
                waiting.append(Report(provider: provider, readings: readings))
            }
        }
        arrival.yield()
    }

    /// Takes all that waits, in the order in which the providers first reported.
    func take() -> [Report] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
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
