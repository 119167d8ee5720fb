internal import Handover

/// The files of apt and dpkg themselves.
extension UpdateFiles {
    /// apt's lock on the package lists. apt does not wait for it.
    var listsLock: String { root + "/var/lib/apt/lists/lock" }
    /// apt's lock on the packages that it downloads.
    var archivesLock: String { root + "/var/cache/apt/archives/lock" }
    /// The lock of the programs that use dpkg.
    var frontendLock: String { root + "/var/lib/dpkg/lock-frontend" }
    /// The lock of dpkg itself.
    var dpkgLock: String { root + "/var/lib/dpkg/lock" }
    /// The notes that dpkg has not yet written into its status file: empty unless it was interrupted.
    var dpkgJournal: String { root + "/var/lib/dpkg/updates" }
}
