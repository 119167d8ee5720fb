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
/// A plain provider is asked again and again by the `Poller`. One whose source tells of some changes, but not of all, is
/// a `WakingProvider`; one whose source tells of all is a `PushingProvider`, and never polled.
///
/// Providers are values with a memory of their own (what was found at the last scan, what failed): they are called
/// from one place at a time, which is why `readings` may be `mutating` and needs no lock.
public protocol Provider: Sendable {
    /// The name by which the provider is switched off and logged: one lower-case word.
    var name: String { get }

    /// How long to wait between two polls; `nil` for the agent's own interval.
    var period: Duration? { get }

    /// Everything there is to say right now.
    ///
    /// Reads small files of the kernel and does nothing slower than that.
    mutating func readings() -> [Reading]
}

extension Provider {
    /// The agent's own interval.
    public var period: Duration? { nil }
}

/// A provider that is polled, and has a source that tells when something happened that should be seen at once.
public protocol WakingProvider: Provider {
    /// Calls `wake` whenever the provider should be asked at once, until the task is cancelled. It is another copy of the
    /// provider that is asked: what `watch` learns, it must share.
    ///
    /// - Parameter wake: Returns at once; being called often costs no more than a few polls a second.
    /// - Throws: What ended the source for good. The agent logs it, and listens again after a while.
    func watch(_ wake: @escaping @Sendable () -> Void) async throws
}

/// A provider that need not be polled, since its source tells when something changed.
public protocol PushingProvider: Provider {
    /// Reports the complete set of readings, at once and after each change, until the task is cancelled.
    ///
    /// - Parameter report: Takes a complete set. It returns at once; of sets that are reported faster than they can be
    ///   published, the newest counts.
    /// - Throws: What ended the source for good. The agent logs it, takes the provider's states away, and starts the
    ///   provider again after a while.
    mutating func run(report: @Sendable ([Reading]) -> Void) async throws
}
