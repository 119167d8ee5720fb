import Dispatch
import Moments
import NIOPosix
import Synchronization

/// *Waiting* as scripts do: the thread stands still until the work of a task is done. Nothing else is done on the
/// thread meanwhile, so it must be one that has nothing else to do.
enum Waiting {
    /// Waits for what `work` comes to.
    ///
    /// - Parameter timeout: When to give up; `nil`: never.
    /// - Throws: What `work` throws; `.timeout`; `.mustNotWait` on a thread on which tasks or an event loop run.
    static func wait<Value: Sendable>(
        for timeout: Duration? = nil, _ work: @escaping @Sendable () async throws(JetError) -> Value
    ) throws(JetError) -> Value {
        // Tasks share a few threads, and an event loop is one: who waits there may wait for himself.
        guard withUnsafeCurrentTask(body: { $0 == nil }), MultiThreadedEventLoopGroup.currentEventLoop == nil else {
            throw JetError(.mustNotWait, "This thread must not wait: in async code use Peer, not BlockingPeer")
        }
        let outcome = Outcome<Value>()
        let task = Task.detached {
            do throws(JetError) {
                outcome.settle(.success(try await work()))
            } catch {
                outcome.settle(.failure(error))
            }
        }
        if let timeout, !outcome.isHere(within: timeout) {
            task.cancel()
            let result = outcome.wait()
            // It may have been done in this very moment.
            if case .failure(let error) = result, error.code == .cancelled {
                throw JetError(.timeout, "Nothing came in time")
            }
            return try result.get()
        }
        return try outcome.wait().get()
    }

    /// What the work came to, once it has.
    private final class Outcome<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, JetError>?>(nil)
        private let done = DispatchSemaphore(value: 0)

        func settle(_ result: Result<Value, JetError>) {
            self.result.withLock { $0 = result }
            done.signal()
        }

        func isHere(within timeout: Duration) -> Bool {
            let nanoseconds = timeout.bounded.seconds * 1e9
            guard done.wait(timeout: .now() + .nanoseconds(Int(nanoseconds))) == .success else { return false }
            done.signal()
            return true
        }

        func wait() -> Result<Value, JetError> {
            done.wait()
            return result.withLock { $0 } ?? .failure(.cancelled)
        }
    }
}

extension DispatchQueue {
    /// Runs something that may wait on a thread of this queue.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            self.async { continuation.resume(with: Result { try body() }) }
        }
    }
}

extension Answer {
    /// The answer. Until it is here the thread stands still, as with all of `BlockingPeer`; not for async code.
    ///
    ///     let sum = try peer.batch { batch in try batch.call("sum", [1, 2], as: Int.self) }
    ///     print(try sum.wait())
    ///
    /// - Throws: As `value`; `.timeout` if it did not come within `timeout`; `.mustNotWait` in async code.
    public func wait(timeout: Duration? = nil) throws(JetError) -> Value {
        try Waiting.wait(for: timeout) { () async throws(JetError) in try await self.value }
    }
}
