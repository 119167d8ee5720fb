import Moments

extension Moment {
    /// Reads a time of RFC 3339, such as `2026-03-01T12:30:00Z` or `2026-03-01T13:30:00.25+01:00`; `nil` for another text or
    /// a time before 1970.
    init?(rfc3339 text: some StringProtocol) {
        var scanner = TimeScanner(bytes: Array(text.utf8))
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2), scanner.skip("Tt "), let hour = scanner.number(2), scanner.skip(":"),
            let minute = scanner.number(2), scanner.skip(":"), let second = scanner.number(2),
            let microseconds = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        guard year >= 1970, (1...12).contains(month), (1...Self.days(of: month, in: year)).contains(day), hour < 24,
            minute < 60, second <= 60
        else { return nil }
        let seconds = ((Self.days(to: year, month, day) * 24 + hour) * 60 + minute) * 60 + second - offset
        guard seconds >= 0 else { return nil }
        self.init(microseconds: UInt64(seconds) * 1_000_000 + UInt64(microseconds))
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// How many days are between the beginning of 1970 and a date.
    private static func days(to year: Int, _ month: Int, _ day: Int) -> Int {
        let years = (1970..<year).reduce(0) { $0 + (isLeap($1) ? 366 : 365) }
        return (1..<month).reduce(years) { $0 + days(of: $1, in: year) } + day - 1
    }
}

/// Reads a time from its first character on.
private struct TimeScanner {
    let bytes: [UInt8]
    private var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    /// The number of exactly `count` digits.
    mutating func number(_ count: Int) -> Int? {
        guard place + count <= bytes.count else { return nil }
        var number = 0
        for byte in bytes[place..<place + count] {
            guard let digit = Self.digit(byte) else { return nil }
            number = number * 10 + digit
        }
        place += count
        return number
    }

    /// One of these characters.
    mutating func skip(_ characters: StaticString) -> Bool {
        guard place < bytes.count, characters.withUTF8Buffer({ $0.contains(bytes[place]) }) else { return false }
        place += 1
        return true
    }

    /// The microseconds behind a point, which may be absent.
    mutating func fraction() -> Int? {
        guard skip(".") else { return 0 }
        var (microseconds, unit, count) = (0, 100_000, 0)
        while place < bytes.count, let digit = Self.digit(bytes[place]) {
            microseconds += digit * unit
            unit /= 10
            count += 1
            place += 1
        }
        return count > 0 ? microseconds : nil
    }

    /// The seconds by which the time is ahead of UTC.
    mutating func offset() -> Int? {
        if skip("Zz") { return 0 }
        let isBehind = place < bytes.count && bytes[place] == UInt8(ascii: "-")
        guard skip("+-"), let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60 else {
            return nil
        }
        return (isBehind ? -60 : 60) * (hours * 60 + minutes)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        let digit = Int(byte) - Int(UInt8(ascii: "0"))
        return (0...9).contains(digit) ? digit : nil
    }
}
