internal import Handover

/// The progress of a job in percent, computed from the numbers that apt reports, which start again with each run.
///
/// Each stage has a fixed share. The percentage never decreases, although apt's can (while it fetches the lists it
/// learns how many there are). It stays below 100 until the job has succeeded: a client that waits for 100 must not
/// continue when only the last package is done.
struct JobProgress: Sendable {
    /// The stages for which apt reports numbers.
    enum Stage: Sendable {
        /// Fetching the package lists.
        case refresh
        /// Fetching the packages.
        case download
        /// Unpacking and configuring them.
        case install
    }

    private let kind: JobKind
    /// Whole percents; `nil` before the first number.
    private(set) var percent: Int?

    init(of kind: JobKind) { self.kind = kind }

    /// So much of `stage` is done, from 0 to 100 as apt counts.
    mutating func advance(_ stage: Stage, to done: Double) {
        guard done.isFinite else { return }
        let share = share(of: stage)
        let part = min(max(done, 0), 100) / 100 * Double(share.upperBound - share.lowerBound)
        percent = max(percent ?? 0, share.lowerBound + Int(part))
    }

    /// The job has ended well.
    mutating func finish() { percent = 100 }

    private func share(of stage: Stage) -> Range<Int> {
        switch (kind, stage) {
        case (.check, _): 0..<99
        case (.install, .refresh): 0..<10
        case (.install, .download): 10..<50
        case (.install, .install): 50..<99
        }
    }
}
