internal import CSystemd
internal import Glibc

/// Notifications of systemd about the state of this service, sd_notify(3).
///
///     try Notify.ready(status: "12 peers")
///     defer { try? Notify.stopping() }
///
/// If the service was not started by systemd, or its unit is not of `Type=notify`, nothing is sent: that is not an
/// error, and the functions return `false`.
public enum Notify {
    /// The service has started: units that are ordered after it may start now. Also ends a reload.
    @discardableResult
    public static func ready(status: String? = nil) throws(SystemdError) -> Bool {
        // As long as there are descriptors.
        if getenv("NOTIFY_SOCKET") != nil { openChannel() }
        return try send(["READY=1"], status)
    }

    /// One line that `systemctl status` shows. Like `alive`, it does not block: if there is no room for it, it throws
    /// `EAGAIN`.
    @discardableResult
    public static func status(_ status: String) throws(SystemdError) -> Bool {
        try send([], status, isPatient: false)
    }

    /// The service is about to end.
    @discardableResult
    public static func stopping(status: String? = nil) throws(SystemdError) -> Bool {
        try send(["STOPPING=1"], status)
    }

    /// The service reads its configuration again, until `ready`. `Type=notify-reload` (systemd 253) requires the time
    /// of the beginning.
    @discardableResult
    public static func reloading(status: String? = nil) throws(SystemdError) -> Bool {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
        return try send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"], status)
    }

    /// The service is alive. To be called at least every half of `watchdogInterval`, by the thread that does the work.
    @discardableResult
    public static func alive() throws(SystemdError) -> Bool {
        try send(["WATCHDOG=1"], nil, isPatient: false)
    }

    /// How long systemd waits for `alive` before it restarts the service, sd_watchdog_enabled(3); `nil` if it does not
    /// wait.
    public static var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, let interval = Int64(exactly: microseconds) else { return nil }
        return .microseconds(interval)
    }

    /// Sends assignments, one a line.
    ///
    /// - Parameter isPatient: Whether to block until there is room for them.
    private static func send(
        _ assignments: [String], _ status: String?, isPatient: Bool = true
    ) throws(SystemdError) -> Bool {
        // A line break in the status would begin another assignment.
        let line = status.map { "STATUS=" + String($0.map { $0.isNewline || $0 == "\0" ? " " : $0 }) }
        let message = (assignments + [line].compactMap(\.self)).joined(separator: "\n")
        if !isPatient, let isHeard = try sendNow(message) { return isHeard }
        return try SystemdError.check(sd_notify(0, message), of: "sd_notify(3)") > 0
    }
}
