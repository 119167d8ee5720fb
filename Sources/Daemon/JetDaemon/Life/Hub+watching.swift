import JetBus
import Logging
import NIOCore

/// *Watching*: the daemon's word that it is alive is worth as much as the way on which it is found out.
///
/// So it is no timer's word. At each beat a probe puts a request into the bus, on the event loop, as if it had come by a
/// socket; its answer comes out of its outbox at the turn's end, where all peers are written to. Only when that is the
/// right answer has somebody outside a reason to hear that the daemon lives. A loop that hangs has no beat; a bus that
/// does not answer, or wrongly, or whose turns do not end, has no answer.
///
/// Between the beats there is no probe, so nothing of this is among the peers.
extension Hub {
    func beginWatch(every interval: TimeAmount, _ alive: @escaping () -> Void) {
        guard watchdog == nil, case .serving = stage else { return }
        watchdog = Watchdog(interval: interval, alive: alive)
        scheduleBeat()
    }

    func endWatch() {
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
        if endProbe() { logger.critical("the bus does not answer") }
        guard let request = watchdog?.nextRequest() else { return }
        let probe = bus.connectProbe()
        makeRoom(for: probe)
        watchdog?.probe = probe
        bus.probe(Array(request.utf8).span.bytes, from: probe, at: NIODeadline.now().uptimeNanoseconds)
        scheduleBareTurnEnd()
    }

    /// Somebody has got something who has no connection.
    func takeProbeAnswer(of id: PeerID) {
        guard let watchdog, watchdog.probe == id else { return }
        var isRight = false
        bus.withOutput(of: id) { isRight = watchdog.isAnswer($0) }
        endProbe()
        guard isRight else { return logger.critical("the bus does not answer as it should") }
        watchdog.alive()
    }

    /// The probe leaves.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    private func endProbe() -> Bool {
        guard let probe = watchdog?.probe else { return false }
        watchdog?.probe = nil
        bus.disconnect(probe)
        return true
    }
}
