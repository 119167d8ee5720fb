/// Where the files are through which the job, the agent and the system speak with each other.
public struct UpdateFiles: Hashable, Sendable {
    /// What stands in for `/`, without a slash at its end.
    public let root: String

    /// The files below `root`.
    public init(root: String = "/") { self.root = root.hasSuffix("/") ? String(root.dropLast()) : root }

    /// Directories in which something changes when an update does.
    public var watched: [String] { [at("run"), at("run/jet-update"), at("run/jet-agent")] }

    /// The record of the job that runs, or ran last since the machine started. The root program writes it, all may read.
    public var record: String { at("run/jet-update/job.json") }
    /// The record of the last job, on disk: written when a job begins, when its phase changes, and when it ends.
    public var lastRecord: String { at("var/lib/jet-update/job.json") }
    /// Whoever holds a lock on this file is the job: there is one at a time.
    public var lock: String { at("run/jet-update/lock") }
    /// What the agent asks for.
    public var request: String { at("run/jet-agent/update-request.json") }
    /// Which job the agent wants called off.
    public var cancellation: String { at("run/jet-agent/update-cancel.json") }

    /// There while a package wants a restart.
    public var rebootRequired: String { at("run/reboot-required") }
    /// The packages that do, one a line.
    public var rebootPackages: String { at("run/reboot-required.pkgs") }

    /// What does the work; where it is not, there is nothing to update with.
    public var apt: String { at("usr/bin/apt-get") }
    /// apt's lock on the package lists, which it does not wait for by itself.
    var listsLock: String { at("var/lib/apt/lists/lock") }
    /// apt's lock on the packages that it fetches.
    var archivesLock: String { at("var/cache/apt/archives/lock") }
    /// The lock of those that use dpkg.
    var frontendLock: String { at("var/lib/dpkg/lock-frontend") }
    /// The lock of dpkg itself.
    var dpkgLock: String { at("var/lib/dpkg/lock") }
    /// Where dpkg notes what it has not yet written into its status file: empty unless it was interrupted.
    var dpkgJournal: String { at("var/lib/dpkg/updates") }

    private func at(_ path: String) -> String { root + "/" + path }
}
