/// The chips that are there, scanned again only when that may have changed.
///
/// A scan opens several files for each sensor; a poll should open one. So a poll only compares where the entries of
/// `/sys/class/hwmon` lead to, which tells of chips that came, went, or swapped their numbers.
struct ChipSet: Sendable {
    /// What the last scan found.
    private(set) var chips: [Chip] = []

    private var entries: [Entry] = []
    private var pollsSinceScan = 0

    /// After so many polls a scan is due in any case: a chip can grow a sensor without a new entry, as coretemp does
    /// when a processor comes online.
    private static let pollsPerScan = 60

    private struct Entry: Comparable, Sendable {
        let name: String
        let target: String?

        static func < (left: Self, right: Self) -> Bool { left.name < right.name }
    }

    /// Scans, if a scan is due.
    ///
    /// - Returns: Whether it did.
    mutating func refresh(_ host: Host) -> Bool {
        let directory = host.sys("class/hwmon")
        let current = HostFile.names(in: directory).map {
            Entry(name: $0, target: HostFile.link("\(directory)/\($0)"))
        }.sorted()
        pollsSinceScan += 1
        guard current != entries || pollsSinceScan >= Self.pollsPerScan else { return false }
        entries = current
        pollsSinceScan = 0
        chips = Chip.scan(host)
        return true
    }

    /// Makes a scan due: a file that the last one found is gone.
    mutating func outdate() { pollsSinceScan = Self.pollsPerScan }
}
