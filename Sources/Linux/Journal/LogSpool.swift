internal import Dispatch
internal import Synchronization

/// The *spool*: records on their way out, which nobody has to wait for.
///
/// A journald that hangs, or a terminal that was stopped, takes nothing, and whoever writes to it waits. That is a thread
/// that has nothing else to do; the records wait in a line of bounded length. What finds no room is dropped and counted,
/// and so is what could not be written; as soon as records flow again, one says how many are missing.
final class LogSpool: Sendable {
    /// How many records may wait, and how many bytes they may have.
    struct Bounds {
        var count = 1000
        var bytes = 1 << 20
    }

    private struct State {
        var waiting: [LogRecord] = []
        /// Records that wait or are being written.
        var count = 0
        var bytes = 0
        /// Those of which nobody has been told that they are missing.
        var lost: UInt64 = 0
        var isDraining = false
    }

    private let bounds: Bounds
    private let write: @Sendable (LogRecord) -> Bool
    private let missing: @Sendable (UInt64) -> LogRecord
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "log")

    /// An empty spool.
    ///
    /// - Parameters:
    ///   - bounds: How much may wait.
    ///   - missing: The record that says that so many are missing.
    ///   - write: Writes a record, however long that takes; returns whether it could. Called for one after the other, in
    ///     their order, on another thread.
    init(
        bounds: Bounds = Bounds(), missing: @escaping @Sendable (UInt64) -> LogRecord,
        write: @escaping @Sendable (LogRecord) -> Bool
    ) {
        self.bounds = bounds
        self.missing = missing
        self.write = write
    }

    /// Takes a record, if there is room for it. Does not wait.
    func put(_ record: LogRecord) {
        let isFirst = state.withLock { state in
            guard state.count < bounds.count, state.bytes + record.bytes.count <= bounds.bytes else {
                state.lost += 1
                return false
            }
            state.waiting.append(record)
            state.count += 1
            state.bytes += record.bytes.count
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if isFirst { queue.async { self.drain() } }
    }

    /// Waits until all that is there now is written, but no longer than so many milliseconds.
    ///
    /// - Returns: Whether it is.
    @discardableResult
    func flush(milliseconds: Int) -> Bool {
        let isDone = DispatchSemaphore(value: 0)
        queue.async { isDone.signal() }
        return isDone.wait(timeout: .now() + .milliseconds(milliseconds)) == .success
    }

    private func drain() {
        while true {
            let (records, lost, isLast) = take()
            for record in records {
                let isWritten = write(record)
                state.withLock { state in
                    state.count -= 1
                    state.bytes -= record.bytes.count
                    if !isWritten { state.lost += 1 }
                }
            }
            if lost > 0, write(missing(lost)) { state.withLock { $0.lost -= lost } }
            if isLast { return }
        }
    }

    /// Takes all that waits, how many went missing behind that, and whether that is all for now.
    private func take() -> (records: [LogRecord], lost: UInt64, isLast: Bool) {
        state.withLock { state in
            defer { state.waiting = [] }
            state.isDraining = !state.waiting.isEmpty
            return (state.waiting, state.lost, !state.isDraining)
        }
    }
}
