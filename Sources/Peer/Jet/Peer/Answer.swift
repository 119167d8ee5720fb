import Synchronization

/// The answer to a request of a batch, which comes some time after the request was made.
///
///     let sum = try peer.batch { batch in try batch.call("sum", [1, 2], as: Int.self) }
///     print(try await sum.value)
///
/// Any number of tasks may wait for it, or none.
public final class Answer<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, JetError>
    typealias Waiter = CheckedContinuation<Outcome, Never>

    private enum State {
        /// These wait for it. Becomes `here`.
        case awaited([(id: Int, waiter: Waiter)])
        /// It has come.
        case here(Outcome)
    }

    private let state = Mutex((State.awaited([]), lastID: 0))

    init() {}

    /// The answer, as soon as it is here.
    ///
    /// - Throws: What the request throws that waits at once; `.cancelled` if the waiting task was cancelled, which
    ///   takes nothing back.
    public var value: Value {
        get async throws(JetError) {
            let id = state.withLock { state in
                state.lastID += 1
                return state.lastID
            }
            let outcome = await withTaskCancellationHandler {
                await withCheckedContinuation { (waiter: Waiter) in
                    if let outcome = outcomeNow(for: waiter, id) { waiter.resume(returning: outcome) }
                }
            } onCancel: {
                withdraw(id)?.resume(returning: .failure(.cancelled))
            }
            return try outcome.get()
        }
    }

    /// What `waiter` can have at once; else it waits.
    private func outcomeNow(for waiter: Waiter, _ id: Int) -> Outcome? {
        state.withLock { state in
            switch state.0 {
            case .here(let outcome): return outcome
            case .awaited(let waiters):
                if Task.isCancelled { return .failure(.cancelled) }
                state.0 = .awaited(waiters + [(id, waiter)])
                return nil
            }
        }
    }

    private func withdraw(_ id: Int) -> Waiter? {
        state.withLock { state in
            guard case .awaited(var waiters) = state.0, let index = waiters.firstIndex(where: { $0.id == id }) else {
                return nil
            }
            let waiter = waiters.remove(at: index).waiter
            state.0 = .awaited(waiters)
            return waiter
        }
    }

    /// It has come.
    func settle(_ outcome: Outcome) {
        let waiters = state.withLock { state -> [(id: Int, waiter: Waiter)] in
            guard case .awaited(let waiters) = state.0 else { return [] }
            state.0 = .here(outcome)
            return waiters
        }
        for (_, waiter) in waiters { waiter.resume(returning: outcome) }
    }
}

extension PeerCore {
    /// Begins a request, and does not wait for its answer. `start` sends it under this id, and says who waits; `read`
    /// makes something of the text of the answer.
    func begin<Value: Sendable>(
        _ start: (Int, @escaping Reply) throws(JetError) -> Void,
        read: @escaping @Sendable ([UInt8]) throws(JetError) -> Value
    ) throws(JetError) -> Answer<Value> {
        let answer = Answer<Value>()
        try start(newID()) { result in
            do throws(JetError) {
                answer.settle(.success(try read(try result.get())))
            } catch {
                answer.settle(.failure(error))
            }
        }
        return answer
    }
}
