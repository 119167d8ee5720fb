/// Adapts the slices of the bus to the speed of the machine.
///
/// The bus has no clock. It counts work in units of about a nanosecond of a fast processor, and takes several times longer
/// for a unit on a small one. So the time of work is measured, and the slice set to what takes the time that is aimed at.
struct Pace {
    /// How much work an account may cause in a turn.
    private(set) var slice: Int
    /// The time that a slice should take, in nanoseconds.
    private let target: Double
    /// How long a unit takes, in nanoseconds, on average.
    private var unit = 1.0

    /// - Parameter slice: The slice of a fast processor; as many nanoseconds are aimed at.
    init(slice: Int) {
        self.slice = slice
        target = Double(slice)
    }

    /// Notes how long some work took.
    mutating func note(work: Int, from start: UInt64, to end: UInt64) {
        // Less is not measured well.
        guard work > slice / 4, end > start else { return }
        // A value far off is an interruption by another process.
        let measured = min(max(Double(end - start) / Double(work), unit / 4), unit * 4)
        unit += (measured - unit) / 8
        slice = Int(target / min(max(unit, 0.25), 40))
    }
}
