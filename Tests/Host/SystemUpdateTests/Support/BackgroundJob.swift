import Handover
import Glibc
import Synchronization
import Testing
import TestSupport

@testable import SystemUpdate

/// A job on a thread of its own, as it is a process of its own in life, seen by its record.
final class BackgroundJob: Sendable {
    private struct Overdue: Error, CustomStringConvertible { let description: String }

    private let files: UpdateFiles
    private let outcome = Mutex<JobRecord?>(nil)

    init(_ system: SystemWithRepository, _ kind: JobKind) {
        files = system.files
        let machine = system.machine
        Descriptors.inBackground {
            guard var job = try? UpdateJob(kind, on: machine) else { return }
            let record = job.run()
            self.outcome.withLock { $0 = record }
        }
    }

    /// Waits for a record of which `condition` holds.
    func record(_ condition: (JobRecord) -> Bool) async throws -> JobRecord {
        try await wait { JobRecord.last(self.files).flatMap { condition($0) ? $0 : nil } }
    }

    /// Waits for the end.
    func end() async throws -> JobRecord { try await wait { self.outcome.withLock { $0 } } }

    private func wait(_ look: () -> JobRecord?) async throws -> JobRecord {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let record = look() { return record }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Overdue(description: "\(JobRecord.last(files).map { "\($0)" } ?? "no record")")
    }
}

/// Sees each record that a job writes, as far as it can be quick enough.
final class Follower: Sendable {
    private struct State {
        var records: [JobRecord] = []
        var isStopped = false
        var hasEnded = false
    }

    private let state = Mutex(State())

    init(_ files: UpdateFiles) {
        Descriptors.inBackground {
            while !self.state.withLock({ $0.isStopped }) {
                if let record = JobRecord.last(files) {
                    self.state.withLock { if $0.records.last != record { $0.records.append(record) } }
                }
                usleep(1000)
            }
            self.state.withLock { $0.hasEnded = true }
        }
    }

    /// What was seen, in its order.
    func stop() -> [JobRecord] {
        state.withLock { $0.isStopped = true }
        while !state.withLock({ $0.hasEnded }) { usleep(1000) }
        return state.withLock { $0.records }
    }
}

/// A lock as that of another program: one of an open file description, fcntl(2), which conflicts with those of
/// processes, this one's too.
final class ForeignLock {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        var lock = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        // F_OFD_SETLK of asm-generic/fcntl.h
        try #require(fcntl(descriptor, 37, &lock) == 0)
    }

    func release() { close(descriptor) }
}
