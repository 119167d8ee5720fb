internal import Handover

/// How much of a job is done: one number out of those that apt gives, which begin anew with each of its runs.
///
/// Each stage has a fixed share. The number never falls, though apt's do (while it fetches lists it learns how many
/// there are), and stays below 100 until the job has ended well: whoever waits for 100 must not be told so by the last
/// package.
struct JobProgress: Sendable {
    /// What apt gives numbers for.
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
