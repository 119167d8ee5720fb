internal import Dispatch
package import Files
internal import Synchronization

/// The place where one provider works: a serial queue that may block.
///
/// Everything that a provider does runs on its lane: its polls, its watch for changes, its sets and calls, and their
/// child tasks. The kernel may let a read of a device file wait for as long as it likes, and nothing can interrupt it;
/// on a lane such a read stops this provider only. No lane shares its thread with Swift's cooperative pool.
///
/// A lane takes a thread of Dispatch's when it has something to do and returns it afterwards, so an idle agent has one
/// or two of them, and never more than one for each lane.
package final class Lane: TaskExecutor {
    /// What a lane is doing at the moment.
    package struct Work: Hashable, Sendable {
        /// Counts the pieces of work: two looks that find the same number have found the same piece.
        package let number: Int
        /// The file that is being read or written, if the provider has said so.
        package let path: String?
    }

    private struct State {
        var number = 0
        var isBusy = false
        var path: FilePath?
    }

    /// The lane of the current task.
    @TaskLocal package static var current: Lane?

    private let queue: DispatchQueue
    private let state = Mutex(State())

    /// A lane for the provider of this name.
    package init(_ name: String) { queue = DispatchQueue(label: name) }

    /// What the lane is doing; `nil` while it is idle.
    package var work: Work? {
        state.withLock { $0.isBusy ? Work(number: $0.number, path: $0.path?.text) : nil }
    }

    /// Runs a piece of a task: what lies between two suspensions.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            self.state.withLock { state in
                state.number += 1
                state.isBusy = true
            }
            job.runSynchronously(on: self.asUnownedTaskExecutor())
            self.state.withLock { $0.isBusy = false }
        }
    }

    /// Starts a task on the lane.
    package func start<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) -> Task<Value, any Error> {
        Self.$current.withValue(self) { Task(executorPreference: self) { try await body() } }
    }

    /// Runs `body` on the lane and returns its result.
    ///
    /// `body` gets a task of its own: a preference of the current task (`withTaskExecutorPreference`) would count only
    /// from its next suspension on, and what comes before may block.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = start(body)
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Starts a task on the lane of the current task: a plain `Task` would leave it.
    @discardableResult
    package static func task(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: current) { await body() }
    }

    /// Notes that the current lane accesses the file at `path` as long as `body` runs, so that a log entry can name it.
    package static func accessing<Value, Failure: Error>(
        _ path: FilePath, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard let lane = current else { return try body() }
        lane.state.withLock { $0.path = path }
        defer { lane.state.withLock { $0.path = nil } }
        return try body()
    }
}
