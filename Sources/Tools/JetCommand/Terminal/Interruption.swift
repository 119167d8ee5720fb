import Dispatch
import Glibc
import Signals

/// Runs `body` until it returns, or Ctrl-C, SIGTERM or a closed standard output interrupts it. Then `body` is cancelled and
/// can restore the terminal. None of these is an error.
///
/// - Throws: What `body` throws.
func untilInterrupted(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let (readerGone, gone) = AsyncStream.makeStream(of: Void.self)
    // On a thread of its own, since it blocks, possibly until the process exits.
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
                // A second signal terminates the process.
                signals.release()
                return
            }
        }
        group.addTask { for await _ in readerGone {} }
        try await group.next()
    }
}
