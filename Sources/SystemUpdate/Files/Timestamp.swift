internal import Glibc

/// Points in time as the records have them.
public enum Timestamp {
    /// Now, by ISO 8601 to the second: `2026-02-03T04:05:06Z`.
    public static func now() -> String { text(time(nil)) }

    /// The time so many seconds after the beginning of 1970.
    static func text(_ seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
