import Dispatch
import Glibc
import Signals

/// Runs `body` until it is done, or the user ends it (Ctrl-C, SIGTERM), or the reader of standard output goes away. Then
/// `body` is cancelled and has the time to put the terminal in order; all of these are an orderly end.
///
/// - Throws: What `body` throws.
func untilInterrupted(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let (readerGone, gone) = AsyncStream.makeStream(of: Void.self)
    // A thread of its own: the wait blocks, and ends with the process at the latest.
    DispatchQueue.global().async {
        StandardOutput.waitUntilClosed()
        gone.finish()
    }
    let signals = ProcessSignals(SIGINT, SIGTERM)
    try await withThrowingTaskGroup(of: Void.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await body() }
        group.addTask {
            for await _ in signals {
                // A second one ends the process at once.
                signals.release()
                return
            }
        }
        group.addTask { for await _ in readerGone {} }
        try await group.next()
    }
}
