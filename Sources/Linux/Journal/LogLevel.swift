public import Logging
internal import Synchronization

/// How much is logged: one level for all loggers of a program that have none of their own, which can be changed while it
/// runs.
public final class LogLevel: Sendable {
    private let index: Atomic<Int>

    /// A setting of this level.
    public init(_ level: Logger.Level) { index = Atomic(Self.index(of: level)) }

    /// From this level on there are entries.
    public var value: Logger.Level {
        get { Logger.Level.allCases[index.load(ordering: .relaxed)] }
        set { index.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }
}
