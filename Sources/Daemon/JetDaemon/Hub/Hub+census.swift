import JetBus
import NIOCore

/// The state of the reports on the numbers of peers and elements.
struct CensusReporter {
    /// The least time between two reports.
    let interval: TimeAmount
    let report: (Bus.Counts) -> Void
    /// The numbers that were reported last.
    var last: Bus.Counts?
    /// The timer that ends the interval after a report; `nil` if it has passed.
    var timer: Scheduled<Void>?
}

/// Reports of the numbers of peers and elements. They are compared at the end of each turn, since nothing changes between
/// turns. A timer runs only within the interval after a report, so an idle daemon has none.
extension Hub {
    func startReportingCensus(atMostEvery interval: TimeAmount, _ report: @escaping (Bus.Counts) -> Void) {
        guard case .serving = stage else { return }
        censusReporter = CensusReporter(interval: interval, report: report)
        reportCensus()
    }

    /// Reports the numbers if they have changed and the interval has passed.
    func reportCensus() {
        guard let censusReporter, censusReporter.timer == nil else { return }
        let census = bus.counts
        guard census != censusReporter.last else { return }
        self.censusReporter?.last = census
        self.censusReporter?.timer = eventLoop.assumeIsolated().scheduleTask(in: censusReporter.interval) {
            self.censusReporter?.timer = nil
            self.reportCensus()
        }
        censusReporter.report(census)
    }
}
