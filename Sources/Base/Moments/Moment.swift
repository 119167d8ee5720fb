internal import Glibc

/// A moment of the wall clock, to the microsecond, as systemd counts them: from 1970-01-01 00:00 UTC.
///
///     Moment.now.text                                 // "2026-11-21T08:02:13Z"
///     Moment.text(seconds: 1_772_368_200)             // "2026-03-01T12:30:00Z"
public struct Moment: Hashable, Sendable, Comparable {
    /// Microseconds since the beginning of 1970.
    public let microseconds: UInt64

    /// The moment that many microseconds after the beginning of 1970.
    public init(microseconds: UInt64) { self.microseconds = microseconds }

    /// Now.
    public static var now: Moment {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Moment(
            microseconds: UInt64(clamping: time.tv_sec) &* 1_000_000 &+ UInt64(clamping: time.tv_nsec) / 1000)
    }

    /// The moment `seconds` later.
    public func advanced(seconds: Int) -> Moment {
        let (later, overflow) = microseconds.addingReportingOverflow(UInt64(clamping: seconds) &* 1_000_000)
        return Moment(microseconds: overflow ? .max : later)
    }

    /// Whether `left` is before `right`.
    public static func < (left: Moment, right: Moment) -> Bool { left.microseconds < right.microseconds }
}

// MARK: - As text

extension Moment {
    /// ISO 8601 in UTC, to the second; `nil` for what systemd means by "never".
    public var text: String? {
        guard microseconds != 0, let seconds = Int(exactly: microseconds / 1_000_000) else { return nil }
        let text = Self.text(seconds: seconds)
        return text.isEmpty ? nil : text
    }

    /// ISO 8601 in UTC, to the millisecond: `2026-03-01T12:30:00.250Z`.
    public var preciseText: String {
        let seconds = Self.text(seconds: Int(clamping: microseconds / 1_000_000))
        return seconds.dropLast() + "." + Self.padded(Int(microseconds / 1000 % 1000), 3) + "Z"
    }

    /// ISO 8601 in UTC of the moment `seconds` after the beginning of 1970; empty for one that ISO 8601 has no
    /// date for, as after the year 9999.
    public static func text(seconds: Int) -> String {
        var seconds = seconds
        var parts = tm()
        guard (0...253_402_300_799).contains(seconds), gmtime_r(&seconds, &parts) != nil else { return "" }
        let date = [
            padded(Int(parts.tm_year) + 1900, 4), padded(Int(parts.tm_mon) + 1, 2), padded(Int(parts.tm_mday), 2),
        ]
        let time = [padded(Int(parts.tm_hour), 2), padded(Int(parts.tm_min), 2), padded(Int(parts.tm_sec), 2)]
        return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "Z"
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
