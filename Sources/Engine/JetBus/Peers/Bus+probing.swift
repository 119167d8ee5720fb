import JetProtocol

/// *Probing*: checks whether the bus answers, by a request.
///
/// A probe is a peer of the shell without a connection. Its requests are handled like all others, and the answers come in
/// its outbox; but no figure counts it or its messages.
///
///     let probe = bus.connectProbe()
///     bus.probe(message, from: probe, at: now)
///     // ... `takePeersWithOutput` names it ...
///     bus.withOutput(of: probe) { ... }
///     bus.disconnect(probe)
extension Bus {
    /// Connects a probe. It is disconnected like any peer.
    public func connectProbe() -> PeerID {
        peers.connect(Identity(), limits: Quotas.Limits(), framing: .lengthPrefixed, isProbe: true).id
    }

    /// Handles a message of a probe as if a peer had sent it.
    ///
    /// - Parameters:
    ///   - text: The message, without the frame around it.
    ///   - id: The probe.
    ///   - now: The time in nanoseconds, by a clock that never goes back.
    public func probe(_ text: RawSpan, from id: PeerID, at now: UInt64) { receive(text, from: id, at: now) }
}
