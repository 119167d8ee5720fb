/// How far an update job has come.
///
///     idle ──▶ checking ──▶ downloading ──▶ installing ──▶ succeeded
///                  │             │              ├────────▶ restart-required ──▶ succeeded (after the restart)
///                  ├─────────────┴──────────────┴────────▶ failed
///                  └─────────────────────────────────────▶ succeeded (a check; an update with nothing to do)
public enum JobPhase: String, Hashable, Sendable {
    /// There has been no job yet.
    case idle
    /// The package lists are brought up to date, and an interrupted installation is repaired.
    case checking
    /// Packages are fetched; the system is as it was.
    case downloading
    /// dpkg changes the system. From here on there is no way back, only one to the end.
    case installing
    /// Everything is installed, and takes effect with the next start of the machine.
    case restartRequired = "restart-required"
    /// The job did what it was for.
    case succeeded
    /// The job ended before that; its message says why.
    case failed

    /// Whether a job in this phase is under way.
    public var isRunning: Bool { self == .checking || self == .downloading || self == .installing }
}

/// What a job is for.
public enum JobKind: String, Hashable, Sendable, CaseIterable {
    /// To find out which packages could be updated.
    case check
    /// To update them.
    case install

    /// The systemd unit that does it.
    public var unit: String { "jet-update-\(rawValue).service" }
}
