public import Logging
internal import Synchronization

/// Logs documented events that others can cause, with a rate limit.
///
/// A peer that tries passwords in a loop must not fill the disk, nor displace other entries from the journal. So for each
/// event there is a limit for each source, and one for all sources together: a burst, and then one entry per period. The
/// next entry that is logged says how many were not (`withheld`).
public final class EventLog: Sendable {
    /// The rate limits.
    public struct Bounds: Sendable {
        /// The burst of an event from one source, and the period after which one more is logged.
        public var perSource = (burst: 8, period: Duration.seconds(60))
        /// The burst of an event from all sources, and the period after which one more is logged.
        public var total = (burst: 64, period: Duration.seconds(1))
        /// The number of sources that are counted separately.
        public var sources = 256

        /// The default limits.
        public init() {}

        /// One entry per minute and source, for what a source repeats.
        public static var perMinute: Bounds {
            var bounds = Bounds()
            bounds.perSource = (burst: 1, period: .seconds(60))
            return bounds
        }

        /// Ten times the default, for events of which each one matters.
        public static var record: Bounds {
            var bounds = Bounds()
            bounds.perSource = (burst: 80, period: .seconds(6))
            bounds.total = (burst: 640, period: .milliseconds(100))
            return bounds
        }
    }

    /// The state of a limit.
    private struct Account {
        /// The number of entries that could be logged at `time`.
        var balance: Int
        var time: Duration
        /// The number of events that were not logged since the last entry.
        var withheld = 0
    }

    private struct Key: Hashable {
        let event: String
        /// `nil` for all sources.
        let source: String?
    }

    private let logger: Logger
    private let bounds: Bounds
    private let now: @Sendable () -> Duration
    private let accounts = Mutex<[Key: Account]>([:])

    /// A log with its full burst.
    public convenience init(_ logger: Logger, bounds: Bounds = Bounds()) {
        let start = ContinuousClock.now
        self.init(logger, bounds: bounds) { ContinuousClock.now - start }
    }

    /// - Parameter now: The time since some moment in the past.
    package init(_ logger: Logger, bounds: Bounds, now: @escaping @Sendable () -> Duration) {
        self.logger = logger
        self.bounds = bounds
        self.now = now
    }

    /// Logs that `source` has caused an event, within the limits.
    ///
    /// - Parameters:
    ///   - source: What caused it, by something that cannot be forged: a user ID, an address.
    ///   - message: A more exact message than the one of the event.
    ///   - metadata: Additional metadata. Not computed if the entry is not logged.
    public func note(
        _ event: some DocumentedEvent, by source: String, saying message: Logger.Message? = nil,
        _ metadata: @autoclosure () -> Logger.Metadata = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        // Entries below the log level do not count.
        guard logger.logLevel <= event.entry.level, let withheld = spend(event.rawValue, source) else { return }
        var metadata = metadata()
        if withheld > 0 { metadata["withheld"] = .stringConvertible(withheld) }
        logger.note(event, saying: message, metadata, file: file, function: function, line: line)
    }

    /// - Returns: The number of events that were not logged before; `nil` if this one must not be logged, either.
    private func spend(_ event: String, _ source: String) -> Int? {
        let time = now()
        return accounts.withLock { accounts in
            let all = Key(event: event, source: nil)
            var own = Key(event: event, source: source)
            if accounts[own] == nil, accounts.count >= bounds.sources {
                accounts = accounts.filter { key, account in !isWhole(account, key, at: time) }
                // Further sources share one limit.
                if accounts.count >= bounds.sources { own = Key(event: event, source: "") }
            }
            var (mine, common) = (account(own, in: accounts, at: time), account(all, in: accounts, at: time))
            defer { (accounts[own], accounts[all]) = (mine, common) }
            guard mine.balance > 0, common.balance > 0 else {
                mine.withheld += 1
                return nil
            }
            mine.balance -= 1
            common.balance -= 1
            defer { mine.withheld = 0 }
            return mine.withheld
        }
    }

    /// The state of a limit at `time`.
    private func account(_ key: Key, in accounts: [Key: Account], at time: Duration) -> Account {
        let (burst, period) = key.source == nil ? bounds.total : bounds.perSource
        guard var account = accounts[key] else { return Account(balance: burst, time: time) }
        let periods = (time - account.time) / period
        guard periods >= 1 else { return account }
        guard periods < Double(burst - account.balance) else {
            (account.balance, account.time) = (burst, time)
            return account
        }
        account.balance += Int(periods)
        account.time += period * Int(periods)
        return account
    }

    /// Whether a limit has its full burst again, so that it need not be kept.
    private func isWhole(_ account: Account, _ key: Key, at time: Duration) -> Bool {
        let (burst, period) = key.source == nil ? bounds.total : bounds.perSource
        return (time - account.time) / period >= Double(burst - account.balance)
    }
}
