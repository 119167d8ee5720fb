public import Logging
internal import Synchronization

/// The log level of all loggers of a program that have none of their own. It can be changed while the program runs.
public final class LogLevel: Sendable {
    private let index: Atomic<Int>

    /// Starts with this level.
    public init(_ level: Logger.Level) { index = Atomic(Self.index(of: level)) }

    /// The lowest level that is logged.
    public var value: Logger.Level {
        get { Logger.Level.allCases[index.load(ordering: .relaxed)] }
        set { index.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }
}
