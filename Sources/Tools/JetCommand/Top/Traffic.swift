import JSONText

/// *Traffic*: what is counted between two looks at a daemon, and what it amounts to per second. It knows no connection and
/// no clock: events, statistics and times are handed in.
struct Traffic {
    /// A State that has changed, and how often per second.
    struct Busy: Hashable, Sendable {
        /// Path, newest value and unit.
        var cells: Listing.Row
        /// Changes per second.
        var rate: Double
    }

    /// What one look has found.
    struct Reading: Hashable, Sendable {
        /// The daemon's statistics, as it says them in `info`.
        var statistics: JSON.Object
        /// How much those of the figures that only grow have grown, per second.
        var rates: [Rate]
        /// The States that changed, the busiest first; those that changed equally often by path (code points).
        var busiest: [Busy]
    }

    /// A figure of the statistics and its growth per second.
    struct Rate: Hashable, Sendable {
        var name: String
        var perSecond: Double
    }

    /// The figures that only grow.
    static let growing = ["messages", "notifications", "conflated"]

    private struct Count {
        var cells: Listing.Row
        var changes = 0
    }

    // By bytes: `String` would take two paths for one that differ only in how an accent is written.
    private var counts: [[UInt8]: Count] = [:]
    private var units = UnitMemory()
    private var last: (statistics: JSON.Object, time: Duration)

    /// Counts from now on.
    ///
    /// - Parameters:
    ///   - statistics: The daemon's, now; empty if it says none.
    ///   - now: The time.
    init(_ statistics: JSON, at now: Duration) { last = (statistics.object ?? [:], now) }

    /// Something has happened to an element.
    mutating func note(_ event: String, _ path: String, value: JSON?, unit: String?) {
        let unit = units.unit(of: path, event: event, unit: unit)
        guard event == "change" else { return }
        let row = Listing.Row(path: path, value: value, unit: unit)
        counts[Array(path.utf8), default: Count(cells: row)].changes += 1
        counts[Array(path.utf8)]?.cells = row
    }

    /// What has happened since the last look. Restarts counting.
    mutating func read(_ statistics: JSON, at now: Duration) -> Reading {
        let statistics = statistics.object ?? [:]
        let time = max((now - last.time) / .seconds(1), 1e-3)
        defer {
            last = (statistics, now)
            counts = [:]
        }
        var rates: [Rate] = []
        for name in Self.growing {
            guard let before = last.statistics[name]?.double, let after = statistics[name]?.double else { continue }
            // Less than before is a daemon that was started in between.
            rates.append(Rate(name: name, perSecond: max(0, after - before) / time))
        }
        let busiest = counts.sorted { left, right in
            left.value.changes == right.value.changes
                ? left.key.lexicographicallyPrecedes(right.key) : left.value.changes > right.value.changes
        }
        return Reading(
            statistics: statistics, rates: rates,
            busiest: busiest.map { Busy(cells: $0.value.cells, rate: Double($0.value.changes) / time) })
    }
}
