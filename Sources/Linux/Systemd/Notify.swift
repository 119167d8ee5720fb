internal import CSystemd
internal import Glibc

/// Tells the service manager how the service fares, by sd_notify(3).
///
///     try Notify.ready(status: "12 peers")
///     defer { try? Notify.stopping() }
///
/// A service that was not started by a service manager which wants to know tells nobody: that is no error, the functions
/// return `false`. The unit needs `Type=notify`.
public enum Notify {
    /// The service has started: what is ordered after it may start now. Also ends a reload.
    @discardableResult
    public static func ready(status: String? = nil) throws(SystemdError) -> Bool {
        // While there are descriptors.
        if getenv("NOTIFY_SOCKET") != nil { openChannel() }
        return try send(["READY=1"], status)
    }

    /// One line that `systemctl status` shows. Like `alive`, it waits for nobody: where there is no room for it, it throws
    /// `EAGAIN`.
    @discardableResult
    public static func status(_ status: String) throws(SystemdError) -> Bool {
        try send([], status, isPatient: false)
    }

    /// The service is on its way out.
    @discardableResult
    public static func stopping(status: String? = nil) throws(SystemdError) -> Bool {
        try send(["STOPPING=1"], status)
    }

    /// The service reads its configuration anew; `ready` ends that. With `Type=notify-reload` (systemd 253) the manager
    /// wants to know since when, by its own clock.
    @discardableResult
    public static func reloading(status: String? = nil) throws(SystemdError) -> Bool {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
        return try send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"], status)
    }

    /// The service is alive; to be said at least every half of `watchdogInterval`, from where the work is done.
    @discardableResult
    public static func alive() throws(SystemdError) -> Bool {
        try send(["WATCHDOG=1"], nil, isPatient: false)
    }

    /// How long the manager waits for `alive` before it restarts the service, by sd_watchdog_enabled(3); `nil` if it
    /// does not.
    public static var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, let interval = Int64(exactly: microseconds) else { return nil }
        return .microseconds(interval)
    }

    /// Sends assignments, one a line.
    ///
    /// - Parameter isPatient: Whether to wait until there is room for them.
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
