internal import Glibc

/// Points in time as the bus has them: ISO 8601, UTC, to the millisecond.
enum Timestamp {
    /// Now: `2026-03-01T12:30:00.250Z`.
    static var now: String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return text(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// The point in time so long after the beginning of 1970.
    static func text(seconds: Int, milliseconds: Int) -> String {
        var seconds = seconds
        var date = tm()
        guard gmtime_r(&seconds, &date) != nil else { return "" }
        let day =
            "\(padded(Int(date.tm_year) + 1900, 4))-\(padded(Int(date.tm_mon) + 1, 2))-\(padded(Int(date.tm_mday), 2))"
        let time = "\(padded(Int(date.tm_hour), 2)):\(padded(Int(date.tm_min), 2)):\(padded(Int(date.tm_sec), 2))"
        return "\(day)T\(time).\(padded(milliseconds, 3))Z"
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
