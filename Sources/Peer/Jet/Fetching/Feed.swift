import Synchronization

/// The *feed*: what a fetch has brought and its consumer has not taken yet. The connection fills it and never waits, so
/// that a slow consumer delays only itself. The queue decides how events wait; the feed knows which consumers wait.
final class Feed<Queue: FeedQueue>: Sendable {
    typealias Waiter = CheckedContinuation<Result<Queue.Output?, JetError>, Never>

    private enum Phase {
        /// News come. Becomes `over`.
        case open
        /// None come any more; what waits is still handed out, then the error or the end. Becomes `open` when it is
        /// fetched again.
        case over(JetError?)
    }

    private struct State {
        var phase = Phase.open
        var queue: Queue
        /// Consumers that wait, the first to come first.
        var waiters: [(id: Int, waiter: Waiter)] = []
        var lastID = 0
    }

    private let state: Mutex<State>

    init(_ queue: Queue) { state = Mutex(State(queue: queue)) }

    /// Looks at what waits.
    func look<Result: Sendable>(_ body: (Queue) -> Result) -> Result { state.withLock { body($0.queue) } }

    /// Begins again: drops what has not been consumed, since the daemon sends everything again.
    func reopen() {
        state.withLock { state in
            state.phase = .open
            state.queue.removeAll()
        }
    }

    /// Appends what arrived to the queue, and hands the next output to the first waiting consumer.
    private func receive(_ append: (inout Queue) -> Void) {
        let handed = state.withLock { state -> (Waiter, Queue.Output)? in
            guard case .open = state.phase else { return nil }
            append(&state.queue)
            guard !state.waiters.isEmpty, let output = state.queue.popFirst() else { return nil }
            return (state.waiters.removeFirst().waiter, output)
        }
        if let (waiter, output) = handed { waiter.resume(returning: .success(output)) }
    }

    /// Nothing comes any more.
    func finish(_ error: JetError?) {
        let waiters = state.withLock { state -> [Waiter] in
            guard case .open = state.phase else { return [] }
            state.phase = .over(error)
            defer { state.waiters = [] }
            return state.waiters.map(\.waiter)
        }
        for waiter in waiters { waiter.resume(returning: error.map(Result.failure) ?? .success(nil)) }
    }

    /// What is next, as soon as there is something; `nil` at the end.
    ///
    /// - Throws: What ended the fetch; `.cancelled` if the task was.
    func next() async throws(JetError) -> Queue.Output? {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let result = state.withLock { state -> Result<Queue.Output?, JetError>? in
                    if let output = state.queue.popFirst() { return .success(output) }
                    if case .over(let error) = state.phase { return error.map(Result.failure) ?? .success(nil) }
                    if Task.isCancelled { return .failure(.cancelled) }
                    state.waiters.append((id, waiter))
                    return nil
                }
                if let result { waiter.resume(returning: result) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index).waiter
            }
            waiter?.resume(returning: .failure(.cancelled))
        }
        return try result.get()
    }
}

/// What a feed is to the connection: something that takes news and never makes it wait.
protocol FetchListener: Sendable {
    /// A plain notification came.
    func receive(_ notice: Notice)
    /// A sorted notification came.
    func receive(_ notice: SortedNotice)
    /// Nothing comes any more; without an error if it was orderly.
    func finish(_ error: JetError?)
}

extension Feed: FetchListener {
    func receive(_ notice: Notice) { receive { $0.append(notice) } }

    func receive(_ notice: SortedNotice) { receive { $0.append(notice) } }
}

/// How what has come waits in a feed.
protocol FeedQueue: Sendable {
    /// What the consumer takes.
    associatedtype Output: Sendable

    /// Takes a plain notification.
    mutating func append(_ notice: Notice)
    /// Takes a sorted notification.
    mutating func append(_ notice: SortedNotice)
    /// Hands out what is next; `nil` if nothing waits.
    mutating func popFirst() -> Output?
    /// Drops what waits, since the daemon sends everything again.
    mutating func removeAll()
}

extension FeedQueue {
    // Only a daemon that does not follow the rule sends the other kind.
    mutating func append(_ notice: Notice) {}
    mutating func append(_ notice: SortedNotice) {}
}
