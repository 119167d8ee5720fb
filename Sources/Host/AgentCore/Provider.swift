/// One function of the host that the agent shows on the bus: its temperatures, its memory, its network links.
///
/// A provider knows how to find its things and how to read them, and nothing of the bus. It always gives its *complete*
/// set of readings; what changed, and whether that is worth publishing, is the `StateBoard`'s business.
///
/// - A machine that has nothing of the kind is a normal machine: an empty list, not an error.
/// - One thing that cannot be read costs only itself: it is missing from the list, and a `FaultLog` says so once.
/// - Paths are stable: made from what a thing is and where it is plugged in, never from the order in which the kernel
///   numbered it.
///
/// A plain provider is polled. One whose source also notifies of some changes is a `WakingProvider`; one whose source
/// notifies of all changes is a `PushingProvider`, which is not polled.
///
/// Providers are values with state of their own (what the last scan found, what failed). All their code runs on a `Lane`
/// of their own, one call at a time, so `readings` may be `mutating`, needs no lock, and may block.
public protocol Provider: Sendable {
    /// The name by which the provider is switched off and logged: one lower-case word.
    var name: String { get }

    /// How long to wait between two polls; `nil` for the agent's own interval.
    var period: Duration? { get }

    /// The complete set of readings at this moment.
    mutating func readings() -> [Reading]
}

extension Provider {
    /// The agent's own interval.
    public var period: Duration? { nil }
}

/// A provider that is polled, and also has a source that notifies it of changes to publish immediately.
public protocol WakingProvider: Provider {
    /// Calls `wake` whenever the provider should be polled immediately, until the task is cancelled. Another copy of the
    /// provider is polled, so what `watch` learns must be shared with it.
    ///
    /// - Parameter wake: Does not block; calling it often causes a few polls a second at most.
    /// - Throws: What ended the source. The agent logs it, and calls `watch` again after a while.
    func watch(_ wake: @escaping @Sendable () -> Void) async throws
}

/// A provider that is not polled, because its source notifies it of every change.
public protocol PushingProvider: Provider {
    /// Reports the complete set of readings, immediately and after each change, until the task is cancelled.
    ///
    /// - Parameter report: Takes a complete set and does not block. Of sets that are reported faster than they can be
    ///   published, only the newest is.
    /// - Throws: What ended the source. The agent logs it, removes the elements of the provider, and calls `run` again
    ///   after a while.
    mutating func run(report: @Sendable ([Reading]) -> Void) async throws
}
