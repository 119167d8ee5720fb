/// *Probing*: whether the bus answers, found out by asking it.
///
/// A probe is a peer of the shell's own, without a connection. What it asks goes the way of every request, and the answer
/// comes by its outbox like every answer; but it is not there for anybody else: no figure counts it or what it says.
///
///     let probe = bus.connectProbe()
///     bus.probe(message, from: probe, at: now)
///     // ... `takePeersWithOutput` names it ...
///     bus.withOutput(of: probe) { ... }
///     bus.disconnect(probe)
extension Bus {
    /// Connects a probe. It leaves by `disconnect`, like any peer.
    public func connectProbe() -> PeerID {
        let id = connect()
        peer(id)?.isProbe = true
        counters.peers -= 1
        return id
    }

    /// Handles a message of a probe as if a peer had sent it.
    ///
    /// - Parameters:
    ///   - text: The message, without the frame around it.
    ///   - id: The probe.
    ///   - now: The time in nanoseconds, by a clock that never goes back.
    public func probe(_ text: RawSpan, from id: PeerID, at now: UInt64) {
        let messages = counters.messages
        receive(text, from: id, at: now)
        counters.messages = messages
    }
}
