internal import AgentCore
/// How the host's processors have spent their time since the boot, by proc_stat(5).
struct CPUTimes: Hashable, Sendable {
    /// Ticks of one processor, or of all together.
    struct Ticks: Hashable, Sendable {
        /// All of them.
        var total: UInt64
        /// Those in which it had nothing to do, or only waited for a disk.
        var idle: UInt64

        /// Which part of the time since `earlier` it was busy, in percent with one digit after the point. `nil` if no
        /// time has passed, or if the counters went backwards, which they do when a processor is taken away and comes
        /// back.
        func usage(since earlier: Ticks) -> Double? {
            guard total > earlier.total, idle >= earlier.idle else { return nil }
            let span = Double(total - earlier.total)
            let busy = max(0, span - Double(idle - earlier.idle))
            return (busy / span * 1000).rounded() / 10
        }
    }

    /// All processors together.
    let all: Ticks
    /// Each of them by its number. One that is switched off is not there.
    let cores: [Int: Ticks]

    /// The times that the text of the file tells.
    init?(_ text: String) {
        var all: Ticks?
        var cores: [Int: Ticks] = [:]
        // The lines of processors come first; the one of interrupts after them can be very long.
        for line in text.split(separator: "\n") {
            guard line.hasPrefix("cpu") else { break }
            let words = line.split(separator: " ")
            guard let name = words.first, let ticks = Self.ticks(words.dropFirst()) else { return nil }
            if name == "cpu" {
                all = ticks
            } else if let number = Int(name.dropFirst(3)), (0..<Self.most).contains(number) {
                cores[number] = ticks
            }
        }
        guard let all else { return nil }
        self.all = all
        self.cores = cores
    }

    /// The kernel knows no more processors than this on any machine.
    private static let most = 8192

    /// user, nice, system, idle, iowait, irq, softirq, steal; time for guests is in the first two already. Old kernels
    /// leave the last ones away.
    private static func ticks(_ words: ArraySlice<Substring>) -> Ticks? {
        let numbers = words.prefix(8).compactMap { UInt64($0) }
        guard numbers.count >= 4 else { return nil }
        var total: UInt64 = 0
        for number in numbers { total = total.addingReportingOverflow(number).partialValue }
        let waiting = numbers.count > 4 ? numbers[4] : 0
        return Ticks(total: total, idle: numbers[3].addingReportingOverflow(waiting).partialValue)
    }
}
