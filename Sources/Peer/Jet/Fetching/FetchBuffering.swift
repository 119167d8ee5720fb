/// How events are buffered for a slow consumer.
///
///     // A display that is drawn once a second has no use for what lies between.
///     let fetcher = try await peer.fetch(.path(startsWith: "cpu/"), as: Double.self, buffering: .newest)
public enum FetchBuffering: Hashable, Sendable {
    /// All events are kept, without a limit.
    case all
    /// Of the changes of one element only the newest waits: memory is bounded by the number of elements that match. The
    /// consumer misses values in between, but no element that is added or removed, and ends with the newest values.
    case newest
}
