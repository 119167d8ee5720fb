internal import Glibc

/// A moment of the wall clock, as systemd has it: microseconds since 1970-01-01 00:00 UTC.
struct Moment: Hashable, Sendable, Comparable {
    let microseconds: UInt64

    /// Now.
    static var now: Moment {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Moment(
            microseconds: UInt64(clamping: time.tv_sec) &* 1_000_000 &+ UInt64(clamping: time.tv_nsec) / 1000)
    }

    /// So many seconds later.
    func advanced(seconds: Int) -> Moment {
        let (later, overflow) = microseconds.addingReportingOverflow(UInt64(clamping: seconds) &* 1_000_000)
        return Moment(microseconds: overflow ? .max : later)
    }

    /// ISO 8601 in UTC, to the second: `2026-11-21T08:02:13Z`; `nil` for what systemd means by "never".
    var text: String? {
        // Later than the year 9999 is no date in ISO 8601 either.
        guard microseconds != 0, var seconds = Int(exactly: microseconds / 1_000_000), seconds <= 253_402_300_799 else {
            return nil
        }
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return "\(date)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }

    static func < (left: Moment, right: Moment) -> Bool { left.microseconds < right.microseconds }
}
