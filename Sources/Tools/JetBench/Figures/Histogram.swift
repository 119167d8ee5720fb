/// *How long things took*: durations counted in classes that are at most 1.6 % wide, from nanoseconds to hours, so that
/// millions of them cost some kilobytes and a few instructions each.
struct Histogram: Sendable {
    /// 64 classes for each power of two.
    private static let bits = 6
    private var counts = [UInt32](repeating: 0, count: (64 - bits + 1) << bits)
    /// How many durations were noted.
    private(set) var count = 0
    /// The longest one, in nanoseconds.
    private(set) var longest: UInt64 = 0

    /// Notes a duration in nanoseconds.
    @inline(__always)
    mutating func note(_ duration: UInt64) {
        counts[Self.place(of: duration)] &+= 1
        count &+= 1
        if duration > longest { longest = duration }
    }

    /// The duration that the given share of all did not exceed, in nanoseconds; 0 if there is none.
    ///
    /// - Parameter share: From 0 to 1.
    func percentile(_ share: Double) -> UInt64 {
        let rank = max(1, Int((Double(count) * share).rounded(.up)))
        var seen = 0
        for (place, number) in counts.enumerated() where number > 0 {
            seen += Int(number)
            if seen >= rank { return min(Self.highest(in: place), longest) }
        }
        return longest
    }

    @inline(__always)
    private static func place(of duration: UInt64) -> Int {
        let power = 63 &- (duration | 1).leadingZeroBitCount
        guard power > bits else { return Int(truncatingIfNeeded: duration) }
        // The leading bit is known, the next `bits` are the class.
        let shift = power &- bits
        return (shift &+ 1) &<< bits &+ Int(truncatingIfNeeded: duration &>> UInt64(shift)) &- 1 &<< bits
    }

    private static func highest(in place: Int) -> UInt64 {
        guard place >= 2 << bits else { return UInt64(place) }
        let shift = place >> bits - 1
        let leading = UInt64(place & (1 << bits - 1) | 1 << bits)
        return (leading + 1) << UInt64(shift) &- 1
    }
}
