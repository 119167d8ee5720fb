import JetBus
import Logging
import NIOCore

/// The check behind the watchdog of systemd: that the daemon answers requests, not only that a timer fires.
///
/// At each interval a probe connects to the bus and sends a request, on the event loop, as if it came from a socket. The
/// answer arrives in the outbox of the probe at the end of the turn, where output is written to all peers. Only the right
/// answer counts as a sign of life. If the event loop hangs, no request is sent; if the bus hangs or is broken, no answer
/// arrives.
///
/// The probe is disconnected between the checks, so it does not appear among the peers.
extension Hub {
    func startWatchdog(every interval: TimeAmount, _ alive: @escaping () -> Void) {
        guard watchdog == nil, case .serving = stage else { return }
        watchdog = Watchdog(interval: interval, alive: alive)
        scheduleBeat()
    }

    func stopWatchdog() {
        watchdog?.next?.cancel()
        endProbe()
        watchdog = nil
    }

    private func scheduleBeat() {
        guard let watchdog else { return }
        self.watchdog?.next = eventLoop.assumeIsolated().scheduleTask(in: watchdog.interval) { self.beat() }
    }

    private func beat() {
        scheduleBeat()
        if endProbe() { logger.critical("the bus does not answer requests") }
        guard let request = watchdog?.nextRequest() else { return }
        let probe = bus.connectProbe()
        makeRoom(for: probe)
        watchdog?.probe = probe
        bus.probe(Array(request.utf8).span.bytes, from: probe, at: NIODeadline.now().uptimeNanoseconds)
        scheduleBareTurnEnd()
    }

    /// Takes the output of a peer without a connection.
    func takeProbeAnswer(of id: PeerID) {
        guard let watchdog, watchdog.probe == id else { return }
        var isRight = false
        bus.withOutput(of: id) { isRight = watchdog.isAnswer($0) }
        endProbe()
        guard isRight else { return logger.critical("the bus answers requests wrongly") }
        watchdog.alive()
    }

    /// Disconnects the probe.
    ///
    /// - Returns: Whether it was connected.
    @discardableResult
    private func endProbe() -> Bool {
        guard let probe = watchdog?.probe else { return false }
        watchdog?.probe = nil
        bus.disconnect(probe)
        return true
    }
}
