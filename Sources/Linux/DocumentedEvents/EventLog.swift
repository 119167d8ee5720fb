public import Logging
internal import Synchronization

/// An *event log*: documented events that others can bring about as often as they like, of which no more are logged than
/// somebody can read.
///
/// Whoever tries passwords in a loop must not fill the disk with that, nor push what matters out of the journal. So each
/// culprit can have a few of each event logged at once and then one now and then; and all culprits together of each event
/// a few more. The next one that is logged says how many were not (`withheld`).
public final class EventLog: Sendable {
    /// What is logged at most.
    public struct Bounds: Sendable {
        /// So many of an event by one culprit at once, and then one in so much time.
        public var ofCulprit = (burst: 8, period: Duration.seconds(60))
        /// So many of an event by all culprits at once, and then one in so much time.
        public var ofAll = (burst: 64, period: Duration.seconds(1))
        /// So many culprits are told apart.
        public var culprits = 256

        /// What an admin can read.
        public init() {}

        /// Ten times as much, for what is to be known of each time.
        public static var record: Bounds {
            var bounds = Bounds()
            bounds.ofCulprit = (burst: 80, period: .seconds(6))
            bounds.ofAll = (burst: 640, period: .milliseconds(100))
            return bounds
        }
    }

    /// What is known of an event, by a culprit or by all.
    private struct Account {
        /// How many can be logged, at most, at `time`.
        var balance: Int
        var time: Duration
        /// How many were not logged since one was.
        var withheld = 0
    }

    private struct Key: Hashable {
        let event: String
        /// `nil` for all of them.
        let culprit: String?
    }

    private let logger: Logger
    private let bounds: Bounds
    private let now: @Sendable () -> Duration
    private let accounts = Mutex<[Key: Account]>([:])

    /// A log of which nothing is spent.
    public convenience init(_ logger: Logger, bounds: Bounds = Bounds()) {
        let start = ContinuousClock.now
        self.init(logger, bounds: bounds) { ContinuousClock.now - start }
    }

    /// - Parameter now: The time since some moment.
    package init(_ logger: Logger, bounds: Bounds, now: @escaping @Sendable () -> Duration) {
        self.logger = logger
        self.bounds = bounds
        self.now = now
    }

    /// Logs that `culprit` has brought an event about, if there is room for that.
    ///
    /// - Parameters:
    ///   - culprit: Who it was, as far as it cannot choose to be somebody else: a user's number, an address.
    ///   - message: What the entry says, if that is more exact than what it says of all such events.
    ///   - metadata: What is to be known about it besides. Not computed if it is not logged.
    public func note(
        _ event: some DocumentedEvent, by culprit: String, saying message: Logger.Message? = nil,
        _ metadata: @autoclosure () -> Logger.Metadata = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        // What is not logged anyway costs nobody anything.
        guard logger.logLevel <= event.entry.level, let withheld = spend(event.rawValue, culprit) else { return }
        var metadata = metadata()
        if withheld > 0 { metadata["withheld"] = .stringConvertible(withheld) }
        logger.note(event, saying: message, metadata, file: file, function: function, line: line)
    }

    /// - Returns: How many were not logged before this one; `nil` if this one is not to be, either.
    private func spend(_ event: String, _ culprit: String) -> Int? {
        let time = now()
        return accounts.withLock { accounts in
            let all = Key(event: event, culprit: nil)
            var own = Key(event: event, culprit: culprit)
            if accounts[own] == nil, accounts.count >= bounds.culprits {
                accounts = accounts.filter { key, account in !isWhole(account, key, at: time) }
                // Those for whom there is no place are one.
                if accounts.count >= bounds.culprits { own = Key(event: event, culprit: "") }
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

    /// An account as it is at `time`.
    private func account(_ key: Key, in accounts: [Key: Account], at time: Duration) -> Account {
        let (burst, period) = key.culprit == nil ? bounds.ofAll : bounds.ofCulprit
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

    /// Whether an account says no more than that nothing has happened.
    private func isWhole(_ account: Account, _ key: Key, at time: Duration) -> Bool {
        let (burst, period) = key.culprit == nil ? bounds.ofAll : bounds.ofCulprit
        return (time - account.time) / period >= Double(burst - account.balance)
    }
}
