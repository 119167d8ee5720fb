import JetBus
import JetDaemon
import Logging
import Systemd

/// Notifies systemd: that it is ready when all listeners accept connections; what is on the bus, when
/// that changes; that it is alive, each time the bus has answered a request.
extension ServiceNotifier {
    /// How long a status is shown at least: it is for people.
    static var statusRest: Duration { .seconds(5) }

    convenience init(logger: Logger) {
        self.init(status: Self.status(of: Bus.Counts())) { error in
            logger.debug("cannot notify systemd", metadata: ["reason": "\(error)"])
        }
    }

    /// The daemon serves. From now on systemd is kept informed.
    ///
    /// The notifications are sent on the daemon's event loop: from another thread they would not show that it works.
    func attend(_ daemon: Daemon) async {
        guard ready() else { return }
        // It fails only if the daemon has stopped by now.
        try? await daemon.reportCensus(atMostEvery: Self.statusRest) { self.show(Self.status(of: $0)) }
        guard let pingInterval else { return }
        // Pings that follow each other without a pause would leave the loop no time for sockets.
        try? await daemon.watch(every: max(pingInterval, .milliseconds(1))) { self.alive() }
    }

    /// `12 peers, 340 states, 5 methods`.
    static func status(of census: Bus.Counts) -> String {
        [(census.peers, "peer"), (census.states, "state"), (census.methods, "method")]
            .map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", ")
    }
}
