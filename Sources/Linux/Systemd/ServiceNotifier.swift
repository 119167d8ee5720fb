internal import Synchronization

/// Keeps systemd informed about a service: that it is ready, alive, reloading or stopping, and its status. Without systemd
/// it does nothing.
///
/// A notification that cannot be sent is reported to `failed`, and is no reason for the service not to go on.
package final class ServiceNotifier: Sendable {
    private struct State {
        var status: String
        var lastPing: ContinuousClock.Instant?
    }

    private let state: Mutex<State>
    private let failed: @Sendable (SystemdError) -> Void

    /// How often to call `alive`: three times in the interval after which systemd restarts the service, so that one call may
    /// be late, as on a device whose storage is busy. `nil` if systemd does not wait for it.
    package let pingInterval = Notify.watchdogInterval.map { $0 / 3 }

    /// - Parameters:
    ///   - status: The first status.
    ///   - failed: Reports that a notification could not be sent.
    package init(status: String, failed: @escaping @Sendable (SystemdError) -> Void) {
        state = Mutex(State(status: status))
        self.failed = failed
    }

    /// The service has started.
    ///
    /// - Returns: Whether systemd is to be informed at all.
    @discardableResult
    package func ready() -> Bool {
        let status = state.withLock(\.status)
        return send { () throws(SystemdError) in try Notify.ready(status: status) }
    }

    /// Sets the status that `systemctl status` shows. It is sent if it differs from the last one.
    package func show(_ status: String) {
        let isNew = state.withLock { state in
            defer { state.status = status }
            return state.status != status
        }
        if isNew { send { () throws(SystemdError) in try Notify.status(status) } }
    }

    /// The service is alive. It may be called more often than every `pingInterval`.
    package func alive() {
        guard let pingInterval else { return }
        let isDue = state.withLock { state in
            if let last = state.lastPing, .now - last < pingInterval / 2 { return false }
            state.lastPing = .now
            return true
        }
        if isDue { send { () throws(SystemdError) in try Notify.alive() } }
    }

    /// The service reads its configuration again, until `reloaded`.
    package func reloading() {
        send { () throws(SystemdError) in try Notify.reloading(status: "reading the configuration") }
    }

    /// The service has read its configuration.
    ///
    /// - Parameter failure: Why it keeps the former one; shown until the status changes.
    package func reloaded(failure: String? = nil) {
        let status = failure ?? state.withLock(\.status)
        send { () throws(SystemdError) in try Notify.ready(status: status) }
    }

    /// The service is about to end.
    package func stopping(status: String? = nil) {
        send { () throws(SystemdError) in try Notify.stopping(status: status) }
    }

    /// - Returns: Whether systemd is to be informed at all.
    @discardableResult
    private func send(_ notify: () throws(SystemdError) -> Bool) -> Bool {
        do throws(SystemdError) {
            return try notify()
        } catch {
            failed(error)
            return true
        }
    }
}
