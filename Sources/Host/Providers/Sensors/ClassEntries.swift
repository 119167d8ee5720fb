internal import AgentCore
internal import Files

/// Where the entries of a class of devices lead to: what tells, at the cost of a few system calls, that devices came,
/// went, or swapped their numbers.
///
/// A scan opens several files for each sensor; a poll should open one. So a poll only looks at the entries, and scans
/// when they have changed, when a device's file is gone, when the kernel told of something, and every now and then.
struct ClassEntries: Sendable {
    private let name: String
    private var entries: [Entry]?
    private var pollsSinceScan = 0

    /// After so many polls a scan is due in any case: a device can grow an attribute without a new entry, as coretemp
    /// does when a processor comes online.
    static let pollsPerScan = 60

    private struct Entry: Comparable, Sendable {
        let name: String
        let target: String?

        static func < (left: Self, right: Self) -> Bool { left.name < right.name }
    }

    /// The entries of `/sys/class/<name>`, none of which is known yet.
    init(of name: String) { self.name = name }

    /// Looks whether a scan is due, and takes it for made.
    mutating func needScan(_ host: Host) -> Bool {
        let directory = host.sys("class/\(name)")
        let current = HostFile.names(in: directory).map {
            Entry(name: $0, target: HostFile.link("\(directory)/\($0)"))
        }.sorted()
        pollsSinceScan += 1
        guard current != entries || pollsSinceScan >= Self.pollsPerScan else { return false }
        entries = current
        pollsSinceScan = 0
        return true
    }

    /// Makes a scan due.
    mutating func outdate() { pollsSinceScan = Self.pollsPerScan }
}
