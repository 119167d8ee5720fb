/// The order in which passwords are checked, so that wrong passwords do not delay the right ones of others.
///
/// One check runs at a time. Requests wait by *key*: the account that they come from, and the user's name that they try.
/// Next is a key with the fewest failures; among these the turns go round over the accounts, and within an account over the
/// names. So a request without failures waits for at most one check of each other account. After a failure the next try of the
/// same key has to wait, longer each time.
///
/// It has no clock: times are handed in, in nanoseconds.
struct LoginQueue<Request> {
    /// What requests have in common that wait for each other.
    struct Key: Hashable {
        /// The account that it comes from.
        let source: String
        /// The user's name that is tried.
        let user: String
    }

    /// How many requests of a key may wait.
    static var waitingLimit: Int { 16 }
    /// How many keys are remembered after failures.
    static var keyLimit: Int { 4096 }
    /// The longest wait.
    static var longestDelay: UInt64 { 16_000_000_000 }
    /// How long failures are remembered.
    static var memory: UInt64 { 600_000_000_000 }

    private struct Failures {
        var count: Int
        /// When the last one was.
        var time: UInt64
    }

    private struct Waiting {
        /// In order.
        var requests: [Request] = []
        /// When the key began to wait or had its last turn, as a count of these events.
        var lastTurn: UInt64
    }

    private var waiting: [Key: Waiting] = [:]
    private var failures: [Key: Failures] = [:]
    /// When each account that waits began to wait or had its last turn.
    private var lastTurns: [String: UInt64] = [:]
    private var turns: UInt64 = 0
    /// The key whose request is checked.
    private var current: Key?

    /// The wait after the first failure; each further one doubles it.
    private let firstDelay: UInt64

    init(firstDelay: UInt64 = 250_000_000) { self.firstDelay = firstDelay }

    /// Whether a check is running.
    var isChecking: Bool { current != nil }
    /// How many requests wait.
    var count: Int { waiting.values.reduce(0) { $0 + $1.requests.count } }

    /// Adds a request.
    ///
    /// - Returns: Whether there was room for it.
    mutating func add(_ request: Request, _ key: Key) -> Bool {
        var entry = waiting[key] ?? Waiting(lastTurn: nextTurn())
        guard entry.requests.count < Self.waitingLimit else { return false }
        entry.requests.append(request)
        waiting[key] = entry
        if lastTurns[key.source] == nil { lastTurns[key.source] = entry.lastTurn }
        return true
    }

    private mutating func nextTurn() -> UInt64 {
        turns += 1
        return turns
    }

    /// Takes the next request to be checked, unless a check is running. `finish` must follow.
    mutating func next(at now: UInt64) -> Request? {
        guard current == nil else { return nil }
        let ready = waiting.keys.filter { readyTime($0, at: now) <= now }
        guard let key = ready.min(by: { order($0, at: now) < order($1, at: now) }), var entry = waiting[key] else {
            return nil
        }
        let request = entry.requests.removeFirst()
        entry.lastTurn = nextTurn()
        waiting[key] = entry.requests.isEmpty ? nil : entry
        let goesOnWaiting = waiting.keys.contains { $0.source == key.source }
        lastTurns[key.source] = goesOnWaiting ? entry.lastTurn : nil
        current = key
        return request
    }

    /// When `next` may return a request, if not now; `nil` if none waits, or a check is running.
    func nextTime(at now: UInt64) -> UInt64? {
        guard current == nil else { return nil }
        return waiting.keys.map { readyTime($0, at: now) }.min()
    }

    /// The check that was begun has ended.
    ///
    /// - Parameter isRight: Whether the password was right; `nil` if that was not found out.
    mutating func finish(isRight: Bool?, at now: UInt64) {
        guard let key = current else { return }
        current = nil
        switch isRight {
        case true?: failures[key] = nil
        case false?: noteFailure(of: key, at: now)
        case nil: break
        }
    }

    private mutating func noteFailure(of key: Key, at now: UInt64) {
        let earlier = failureCount(of: key, at: now)
        if failures[key] == nil, failures.count >= Self.keyLimit {
            failures = failures.filter { now &- $0.value.time < Self.memory }
            if failures.count >= Self.keyLimit, let oldest = failures.min(by: { $0.value.time < $1.value.time }) {
                failures[oldest.key] = nil
            }
        }
        failures[key] = Failures(count: earlier + 1, time: now)
    }

    // MARK: Order

    private func failureCount(of key: Key, at now: UInt64) -> Int {
        guard let entry = failures[key], now &- entry.time < Self.memory else { return 0 }
        return entry.count
    }

    /// When a key may try again.
    private func readyTime(_ key: Key, at now: UInt64) -> UInt64 {
        let count = failureCount(of: key, at: now)
        guard count > 0, let entry = failures[key] else { return 0 }
        return entry.time + min(firstDelay << UInt64(min(count - 1, 16)), Self.longestDelay)
    }

    /// Keys are served in this order, lowest first.
    private func order(_ key: Key, at now: UInt64) -> (failures: Int, source: UInt64, key: UInt64) {
        (failureCount(of: key, at: now), lastTurns[key.source] ?? 0, waiting[key]?.lastTurn ?? 0)
    }
}
