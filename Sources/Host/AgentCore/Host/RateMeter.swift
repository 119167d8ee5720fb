internal import Glibc
package import JSONText

/// How fast counters grow that the kernel only ever counts up: what goes through a link, what a disk has read.
///
/// Rates are measured with a clock that cannot be set and that does not advance while the machine is suspended. A
/// counter that is smaller than before (its driver was loaded again, or a narrow counter wrapped to zero), or that has
/// grown faster than any device can make it (its driver has counted below zero), gives no rate for the time between: its
/// last rate is kept.
package struct RateMeter: Sendable {
    private var counts: [UInt64] = []
    private var time: Duration = .zero
    private var rates: [Double]?

    /// The highest rate that is believed, each second: ten terabytes.
    private static let highest = 1e13

    /// Looks that follow so quickly upon another give no rate: a few packets would be a storm.
    private static let shortest = Duration.milliseconds(100)

    /// A meter that has seen nothing.
    package init() {}

    /// Notes what the counters are at a time.
    ///
    /// - Returns: By how much each grows in a second; `nil` if there was only one look yet.
    package mutating func take(_ counts: [UInt64], at time: Duration) -> [Double]? {
        guard counts.count == self.counts.count else {
            (self.counts, self.time, rates) = (counts, time, nil)
            return nil
        }
        let span = time - self.time
        if span < Self.shortest { return rates }
        let seconds = span / .seconds(1)
        rates = counts.indices.map { index in
            let last = rates.map { $0[index] } ?? 0
            guard counts[index] >= self.counts[index] else { return last }
            let rate = Double(counts[index] - self.counts[index]) / seconds
            return rate <= Self.highest ? rate : last
        }
        (self.counts, self.time) = (counts, time)
        return rates
    }

    /// The time that rates are measured by: CLOCK_MONOTONIC.
    package static let now: @Sendable () -> Duration = {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// A rate with three digits that count, and no more than one after the point: more of them would only tremble.
    package static func rounded(_ rate: Double) -> JSON {
        guard rate.isFinite, rate <= highest else { return .null }
        if rate < 100 { return .number((rate * 10).rounded() / 10) }
        let unit = pow(10, rate.logarithm - 2)
        return .number(Int64((rate / unit).rounded() * unit))
    }
}

extension Double {
    /// The power of ten at or below it.
    fileprivate var logarithm: Double { log10(self).rounded(.down) }
}
