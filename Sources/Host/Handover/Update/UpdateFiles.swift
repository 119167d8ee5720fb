/// The files through which the agent and jet-update, the root program that updates the system, communicate.
public struct UpdateFiles: Hashable, Sendable {
    /// What is in front of every path, without a slash at its end: empty for the files of this machine.
    public let root: String

    /// The files below `root`.
    public init(root: String = "/") { self.root = root.hasSuffix("/") ? String(root.dropLast()) : root }

    /// Directories in which something changes when an update does.
    public var watched: [String] { [root + "/run", root + "/run/jet-update", agentDirectory] }

    /// The record of the job that runs, or ran last since the machine started. The root program writes it; all may read it.
    public var record: String { root + "/run/jet-update/job.json" }
    /// The record of the last job, on disk: written when a job begins, when its phase changes, and when it ends.
    public var lastRecord: String { root + "/var/lib/jet-update/job.json" }
    /// The process that has locked this file is the job: there is one at a time.
    public var lock: String { root + "/run/jet-update/lock" }
    /// The agent's runtime directory.
    public var agentDirectory: String { root + "/run/jet-agent" }
    /// The agent's request for a job, an `UpdateRequest`.
    public var request: String { agentDirectory + "/update-request.json" }
    /// The agent's request to cancel a job, an `UpdateRequest`.
    public var cancellation: String { agentDirectory + "/update-cancel.json" }

    /// Exists while a package requires a restart.
    public var rebootRequired: String { root + "/run/reboot-required" }
    /// The packages that require it, one a line.
    public var rebootPackages: String { root + "/run/reboot-required.pkgs" }

    /// The program that does the work; without it, the system cannot be updated.
    public var apt: String { root + "/usr/bin/apt-get" }
}
