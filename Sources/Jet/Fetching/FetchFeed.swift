import Synchronization

/// The *feed*: what a fetch has brought and its consumer has not taken yet. The connection fills it and never waits, so
/// that a slow consumer delays nobody but itself.
final class FetchFeed: Sendable {
    typealias Waiter = CheckedContinuation<Result<Notice?, JetError>, Never>

    fileprivate enum Phase {
        /// Notices come. Becomes `over`.
        case open
        /// None come any more; what waits is still handed out, then the error or the end. Becomes `open` when it is
        /// fetched again.
        case over(JetError?)
    }

    fileprivate struct State {
        var phase = Phase.open
        /// What waits, oldest first, from `head` on.
        var notices: [Notice?] = []
        var head = 0
        /// With `.newest`: where the newest notice about a path waits.
        var position: [PathKey: Int] = [:]
        /// Consumers that wait.
        var waiters: [(id: Int, waiter: Waiter)] = []
        var lastID = 0
    }

    private let buffering: FetchBuffering
    private let state = Mutex(State())

    init(_ buffering: FetchBuffering) { self.buffering = buffering }

    /// How many notices wait.
    var count: Int { state.withLock { $0.notices.count - $0.head } }

    /// Begins anew: what has not been taken is forgotten, since everything will be told again.
    func reopen() {
        state.withLock { state in
            state.phase = .open
            state.notices = []
            state.head = 0
            state.position = [:]
        }
    }

    /// Takes a notice.
    func receive(_ notice: Notice) {
        let waiter = state.withLock { state -> Waiter? in
            guard case .open = state.phase else { return nil }
            if state.waiters.isEmpty {
                state.append(notice, buffering)
                return nil
            }
            return state.waiters.removeFirst().waiter
        }
        waiter?.resume(returning: .success(notice))
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

    /// The next notice, as soon as there is one; `nil` at the end.
    ///
    /// - Throws: What ended the fetch; `.cancelled` if the task was.
    func next() async throws(JetError) -> Notice? {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let result = state.withLock { state -> Result<Notice?, JetError>? in
                    if let notice = state.popFirst() { return .success(notice) }
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

extension FetchFeed.State {
    fileprivate mutating func append(_ notice: Notice, _ buffering: FetchBuffering) {
        if buffering == .newest, merge(notice) { return }
        if buffering == .newest { position[PathKey(notice.path)] = notices.count }
        notices.append(notice)
    }

    /// Lets a notice replace the one about the same element that waits; `false` if it must wait by itself.
    private mutating func merge(_ notice: Notice) -> Bool {
        let key = PathKey(notice.path)
        guard let index = position[key], index >= head, let waiting = notices[index] else { return false }
        switch (waiting.kind, notice.kind) {
        case (.add, .change), (.change, .change):
            notices[index]?.value = notice.value
            return true
        case (.change, .remove):
            notices[index] = notice
            return true
        default:
            return false
        }
    }

    fileprivate mutating func popFirst() -> Notice? {
        guard head < notices.count, let notice = notices[head] else { return nil }
        notices[head] = nil
        if !position.isEmpty, position[PathKey(notice.path)] == head { position[PathKey(notice.path)] = nil }
        head += 1
        if head == notices.count {
            notices.removeAll(keepingCapacity: head <= 1024)
            head = 0
        } else if head >= 1024, head * 2 >= notices.count {
            notices.removeFirst(head)
            if !position.isEmpty { position = position.mapValues { $0 - head } }
            head = 0
        }
        return notice
    }
}
