import Logging
import Synchronization
import Systemd

/// The *service manager*, as the agent sees it: it is told how the agent fares, and where there is none nobody is.
///
/// READY comes when the configuration is read and the providers are made. It does not wait for the daemon, nor for the
/// first states: without a daemon the agent is a working agent too, which shows the machine as soon as there is one; and
/// whoever wants a state on the bus fetches it and is told when it comes.
final class ServiceManager: Sendable {
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var status = ""
        var lastPing: ContinuousClock.Instant?
    }

    /// How often to ping: three times in the time that the manager waits. `nil` if it does not wait.
    let pingInterval = Notify.watchdogInterval.map { $0 / 3 }

    init(logger: Logger) { self.logger = logger }

    /// The agent has started.
    func ready(_ status: String) {
        state.withLock { $0.status = status }
        tell { () throws(SystemdError) in try Notify.ready(status: status) }
    }

    /// What `systemctl status` shows; told if it is something new.
    func show(_ status: String) {
        let isNew = state.withLock { state in
            defer { state.status = status }
            return state.status != status
        }
        if isNew { tell { () throws(SystemdError) in try Notify.status(status) } }
    }

    /// The agent is alive. It may be said more often than the manager needs to hear it.
    func alive() {
        guard let pingInterval else { return }
        let isDue = state.withLock { state in
            // A little early counts: it is the same beat.
            if let last = state.lastPing, .now - last < pingInterval * 0.9 { return false }
            state.lastPing = .now
            return true
        }
        if isDue { tell { () throws(SystemdError) in try Notify.alive() } }
    }

    /// The agent is on its way out.
    func stopping() { tell { () throws(SystemdError) in try Notify.stopping() } }

    /// Says something. That it cannot be said is no reason not to go on.
    private func tell(_ notify: () throws(SystemdError) -> Bool) {
        do throws(SystemdError) {
            _ = try notify()
        } catch {
            logger.debug("the service manager could not be told", metadata: ["reason": "\(error)"])
        }
    }
}
