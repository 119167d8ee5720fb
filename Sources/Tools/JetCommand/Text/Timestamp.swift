import Glibc

/// A moment of the wall clock, to the millisecond: when something was received here.
struct Timestamp: Hashable, Sendable {
    /// Seconds since 1970-01-01 00:00 UTC.
    let seconds: Int
    /// Thousandths of a second after that.
    let milliseconds: Int

    /// The moment of these parts.
    init(seconds: Int, milliseconds: Int) {
        self.seconds = seconds
        self.milliseconds = milliseconds
    }

    /// Now.
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// For programs: ISO 8601 in UTC, `2026-11-21T08:02:13.123Z`.
    var utc: String {
        var time = seconds
        var parts = tm()
        gmtime_r(&time, &parts)
        let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return "\(date)T\(clock(parts))Z"
    }

    /// For people: the time of day in the local time zone, `09:02:13.123`.
    var timeOfDay: String {
        var time = seconds
        var parts = tm()
        localtime_r(&time, &parts)
        return clock(parts)
    }

    private func clock(_ parts: tm) -> String {
        let digits = String(milliseconds)
        let thousandths = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(thousandths)"
    }

    private func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
