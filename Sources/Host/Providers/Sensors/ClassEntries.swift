internal import AgentCore
internal import Files

/// The entries of a device class and their link targets. They show, at the cost of a few system calls, that devices
/// were added, removed or renumbered.
///
/// A scan opens several files for each sensor; a poll should open one. So a poll only checks the entries, and scans
/// when they have changed, when a device's file is gone, after a notification of the kernel, and at regular intervals.
struct ClassEntries: Sendable {
    private let name: String
    private var entries: [Entry]?
    private var pollsSinceScan = 0

    /// The maximum number of polls between two scans: a device can get a new attribute without a new entry, as coretemp
    /// does when a processor comes online.
    static let pollsPerScan = 60

    private struct Entry: Equatable, Sendable {
        let name: FilePath
        let target: FilePath?
    }

    /// The entries of `/sys/class/<name>`, none of which is known yet.
    init(of name: String) { self.name = name }

    /// Returns whether a scan is needed. If so, the caller must scan: the scan is recorded as made.
    mutating func needScan(_ host: Host) -> Bool {
        let current = host.devices(ofClass: FilePath(name)).map {
            Entry(name: $0, target: HostFile.link(host.sys("class/\(name)/\($0)")))
        }
        pollsSinceScan += 1
        guard current != entries || pollsSinceScan >= Self.pollsPerScan else { return false }
        entries = current
        pollsSinceScan = 0
        return true
    }

    /// Makes a scan due.
    mutating func outdate() { pollsSinceScan = Self.pollsPerScan }
}
