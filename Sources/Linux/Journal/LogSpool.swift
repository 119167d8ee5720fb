internal import Dispatch
internal import Synchronization

/// A queue of log records that a thread of its own writes, so that logging never blocks.
///
/// Writing blocks while journald hangs or a terminal is stopped. The length of the queue is limited; records beyond the
/// limit, and records that cannot be written, are dropped and counted. When writing succeeds again, one record says how many
/// are missing.
final class LogSpool: Sendable {
    /// The limits of the queue.
    struct Bounds {
        var count = 1000
        var bytes = 1 << 20
    }

    private struct State {
        var waiting: [LogRecord] = []
        /// The number of records that wait or are being written.
        var count = 0
        var bytes = 0
        /// The number of dropped records that were not reported yet.
        var lost: UInt64 = 0
        var isDraining = false
    }

    private let bounds: Bounds
    private let write: @Sendable (LogRecord) -> Bool
    private let missing: @Sendable (UInt64) -> LogRecord
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "log")

    /// An empty queue.
    ///
    /// - Parameters:
    ///   - bounds: The limits of the queue.
    ///   - missing: Makes the record that reports a number of dropped records.
    ///   - write: Writes a record; may block; returns whether it succeeded. Called for the records in order, on another
    ///     thread.
    init(
        bounds: Bounds = Bounds(), missing: @escaping @Sendable (UInt64) -> LogRecord,
        write: @escaping @Sendable (LogRecord) -> Bool
    ) {
        self.bounds = bounds
        self.missing = missing
        self.write = write
    }

    /// Appends a record, if the limits permit it. Does not block.
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

    /// Waits until all records in the queue are written, but not longer than the given time.
    ///
    /// - Returns: Whether they are written.
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

    /// Takes all waiting records, and the number of records that were dropped after them. `isLast` if there were none.
    private func take() -> (records: [LogRecord], lost: UInt64, isLast: Bool) {
        state.withLock { state in
            defer { state.waiting = [] }
            state.isDraining = !state.waiting.isEmpty
            return (state.waiting, state.lost, !state.isDraining)
        }
    }
}
