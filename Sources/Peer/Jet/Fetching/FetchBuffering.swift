/// How events wait for a consumer that is slower than they come.
///
///     // A display that is drawn once a second has no use for what lies between.
///     let fetcher = try await peer.fetch(.path(startsWith: "cpu/"), as: Double.self, buffering: .newest)
public enum FetchBuffering: Hashable, Sendable {
    /// Every event waits, whatever memory that takes.
    case all
    /// Of the changes of one element only the newest waits: memory is bounded by the number of elements that match. The
    /// consumer misses values in between, never an element that comes or goes, and ends with the truth.
    case newest
}
