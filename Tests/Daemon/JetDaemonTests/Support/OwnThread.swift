import Glibc

/// Runs `body`, which may block, on a thread of its own, so that it keeps none of the few threads that Swift's tasks
/// share. What it expects counts for the test that calls this.
func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await Task(executorPreference: ThreadExecutor()) { try body() }.value
}

/// Something that runs on a thread of its own, beside the one that started it.
final class Background<Result: Sendable>: Sendable {
    private let task: Task<Result, any Error>

    init(_ body: sending @escaping () throws -> Result) {
        task = Task(executorPreference: ThreadExecutor()) { try body() }
    }

    /// What came out of it, once it has ended. Not for the threads that tasks share.
    func wait() throws -> Result { try block { try await self.task.value } }
}

/// Waits on this thread, which must be one of `onOwnThread`, for something asynchronous.
func block<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    let outcome = Outcome<Result>()
    Task { outcome.set(await Swift.Result(catching: body)) }
    return try outcome.wait()
}

/// A task executor that gives each job a new thread.
private final class ThreadExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let start = Start { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { start in
                guard let start else { return nil }
                Unmanaged<Start>.fromOpaque(start).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(start).toOpaque())
        precondition(error == 0, "no thread to be had")
        pthread_detach(thread)
    }

    private final class Start {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }
}

/// A result that one thread waits for and another one brings.
///
/// `@unchecked Sendable` because the semaphore is signalled after `result` was written and waited for before it is read.
private final class Outcome<Success>: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    private var result: Result<Success, any Error>?

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func set(_ result: Result<Success, any Error>) {
        self.result = result
        sem_post(semaphore)
    }

    func wait() throws -> Success {
        while sem_wait(semaphore) != 0 {}
        guard let result else { throw CancellationError() }
        return try result.get()
    }
}

extension Result where Failure == any Error {
    /// What comes of `body`.
    init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
