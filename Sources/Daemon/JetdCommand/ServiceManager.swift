import JetBus
import JetDaemon
import Logging
import Synchronization
import Systemd

/// The *service manager*, as the daemon sees it: it is told how the daemon fares, and where there is none nobody is.
///
/// - READY when the daemon serves, which is when all listeners accept; and again when a reload is over.
/// - STATUS with what is on the bus, when that changes.
/// - WATCHDOG each time the bus has answered a request, three times in the interval that the manager waits: so one beat
///   may be late, as on a device whose storage is busy, before the daemon is taken for dead.
/// - RELOADING and STOPPING when these begin.
///
/// The words are said on the daemon's event loop: from anywhere else they would say nothing of it.
final class ServiceManager: Sendable {
    private let logger: Logger
    private let status = Mutex(text(of: Bus.Census()))

    init(logger: Logger) { self.logger = logger }

    /// How long a status stands at least: it is for people.
    static let statusRest = Duration.seconds(5)

    /// The daemon serves. From now on the manager is kept informed.
    func attend(_ daemon: Daemon) async {
        let text = status.withLock { $0 }
        guard tell({ () throws(SystemdError) in try Notify.ready(status: text) }) else { return }
        // It fails only if the daemon has stopped by now, and then there is nothing to tell.
        try? await daemon.reportCensus(atMostEvery: Self.statusRest) { self.show($0) }
        guard let interval = Notify.watchdogInterval else { return }
        // Beats that follow each other at once would leave the loop no time for sockets.
        let beat = max(interval / 3, .milliseconds(1))
        try? await daemon.watch(every: beat) { self.tell { () throws(SystemdError) in try Notify.alive() } }
    }

    /// The daemon reads its files anew; ended by `reloaded`.
    func reloading() { tell { () throws(SystemdError) in try Notify.reloading(status: "reading the configuration") } }

    /// It has read them.
    ///
    /// - Parameter failure: Why what was there before still holds.
    func reloaded(failure: String? = nil) {
        let text = failure ?? status.withLock { $0 }
        tell { () throws(SystemdError) in try Notify.ready(status: text) }
    }

    /// The daemon is on its way out.
    func stopping() {
        tell { () throws(SystemdError) in try Notify.stopping(status: "answering what is still pending") }
    }

    private func show(_ census: Bus.Census) {
        let text = Self.text(of: census)
        let isNew = status.withLock { status in
            defer { status = text }
            return status != text
        }
        if isNew { tell { () throws(SystemdError) in try Notify.status(text) } }
    }

    /// `12 peers, 340 states, 5 methods`.
    static func text(of census: Bus.Census) -> String {
        [(census.peers, "peer"), (census.states, "state"), (census.methods, "method")]
            .map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", ")
    }

    /// Says something. That it cannot be said is no reason not to serve.
    ///
    /// - Returns: Whether there is somebody who hears it.
    @discardableResult
    private func tell(_ notify: () throws(SystemdError) -> Bool) -> Bool {
        do throws(SystemdError) {
            return try notify()
        } catch {
            logger.debug("the service manager could not be told", metadata: ["reason": "\(error)"])
            return true
        }
    }
}
