import Handover
import Testing

@testable import SystemUpdate

/// One number for the whole job.
struct JobProgressTests {
    @Test("nothing is known before the first number")
    func unknown() { #expect(JobProgress(of: .install).percent == nil) }

    @Test("the number never falls, whatever apt says")
    func monotonic() {
        var progress = JobProgress(of: .install)
        let numbers = [0, 95, 10, 100].map { done in
            progress.advance(.refresh, to: done)
            return progress.percent
        }
        #expect(numbers == [0, 9, 9, 10])
    }

    @Test("fetching and installing have their shares, and the last package is not the end")
    func shares() {
        var progress = JobProgress(of: .install)
        let steps: [(JobProgress.Stage, Double)] = [(.download, 0), (.download, 50), (.install, 0), (.install, 100)]
        let numbers = steps.map { stage, done in
            progress.advance(stage, to: done)
            return progress.percent
        }
        #expect(numbers == [10, 30, 50, 99])
        progress.finish()
        #expect(progress.percent == 100)
    }

    @Test("numbers that are none do not count", arguments: [Double.nan, .infinity, -.infinity])
    func nonsense(done: Double) {
        var progress = JobProgress(of: .check)
        progress.advance(.refresh, to: done)
        #expect(progress.percent == nil)
    }

    @Test("numbers beyond the ends are the ends")
    func bounds() {
        var progress = JobProgress(of: .check)
        progress.advance(.refresh, to: -5)
        #expect(progress.percent == 0)
        progress.advance(.refresh, to: 1e300)
        #expect(progress.percent == 99)
    }
}
