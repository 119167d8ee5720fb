import JetBus
import NIOCore

/// Who is told how many there are on the bus.
struct Onlooker {
    let rest: TimeAmount
    let tell: (Bus.Counts) -> Void
    /// What it knows.
    var told: Bus.Counts?
    /// The end of its rest; `nil` if it has rested.
    var next: Scheduled<Void>?
}

/// The *census*, told when it changes. A turn's end finds that out, for nothing changes between turns; only a change that
/// comes too soon after the last one waits for a timer, so a daemon at rest has none.
extension Hub {
    func beginTelling(atMostEvery rest: TimeAmount, _ tell: @escaping (Bus.Counts) -> Void) {
        guard case .serving = stage else { return }
        onlooker = Onlooker(rest: rest, tell: tell)
        tellCensus()
    }

    /// Tells it, if it is another one and the onlooker has rested.
    func tellCensus() {
        guard let onlooker, onlooker.next == nil else { return }
        let census = bus.counts
        guard census != onlooker.told else { return }
        self.onlooker?.told = census
        self.onlooker?.next = eventLoop.assumeIsolated().scheduleTask(in: onlooker.rest) {
            self.onlooker?.next = nil
            self.tellCensus()
        }
        onlooker.tell(census)
    }
}
