import JetProtocol

/// Work that was cut, and is continued in later turns (see `Scheduler`).
extension Bus {
    /// Whether something waits for `proceed`.
    public var hasWork: Bool {
        scheduler.hasQueue || !departures.isEmpty || notifier.hasBacklog || elements.needsPacking
            || fetchers.needsSweep
    }

    /// How much work one account may cause in a turn; see `Configuration.slice`. A shell that has a clock can adapt it to
    /// the speed of the machine.
    public var slice: Int {
        get { scheduler.slice }
        set { scheduler.slice = newValue }
    }

    /// The work since the turn began, in units of about a nanosecond.
    public var turnWork: Int { scheduler.turnWork }

    /// Continues work that was cut: to be called once in a turn while `hasWork`, when the sockets have had their turn.
    ///
    /// - Parameters:
    ///   - now: The time in nanoseconds, by a clock that never goes back.
    ///   - list: Is emptied first. Receives the peers that were paused and whose messages may be read again.
    public func proceed(at now: UInt64, resuming list: inout ContiguousArray<PeerID>) {
        clock.advance(to: now)
        list.removeAll(keepingCapacity: true)
        var rest = scheduler.queueCount
        var skipped: ContiguousArray<Peer> = []
        while rest > 0, !scheduler.isTurnFull, let peer = scheduler.next() {
            rest -= 1
            if peer.isDeparting || peers[peer.id] !== peer { continue }
            if scheduler.isSpent(peer) {
                skipped.append(peer)
            } else {
                proceed(peer)
                if !peer.mustWait { list.append(peer.id) }
            }
        }
        scheduler.putBack(skipped)
        proceedInBackground()
    }

    private func proceed(_ peer: Peer) {
        peer.hasYielded = false
        fetchRequests.beginMessage()
        if peer.job != nil { proceedWithJob(of: peer) }
        if peer.job != nil { return scheduler.enqueue(peer) }
        handlePostponed(of: peer)
        fetchRequests.resume(peer)
        delivery.pauseIfFull(peer)
        delivery.closeIfServed(peer)
    }

    private func proceedWithJob(of peer: Peer) {
        let id = peer.job?.id
        do throws(ErrorObject) {
            try jobs.proceed(peer)
        } catch {
            // Without an id the request is answered already.
            guard let id else { return delivery.close(peer, because: error) }
            warnings.note(error, of: peer)
            id.withUnsafeBytes { delivery.respond(to: peer, id: $0, error: error) }
        }
    }

    private func proceedInBackground() {
        departures.proceed()
        var slice = Slice(limit: scheduler.slice)
        if notifier.hasBacklog { notifier.resumeBacklog(&slice) }
        if fetchers.needsSweep { fetchers.sweep(elements, &slice) }
        while elements.needsPacking, !slice.isExhausted {
            elementRequests.packSome(2048)
            slice.add(2048 * 20 + peers.slotCount * 5)
        }
    }
}
