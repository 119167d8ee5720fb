import JetProtocol

/// Fetchers that are not told everything at once: those with an `interval` (jet-protocol(7) §7), and those with the older
/// form's `max`.
///
/// What they are told may come of another element's doing, or of time. So their peer's own doing is no exception to
/// conflation, as it is for other fetchers: one of its own elements may be waiting there already.
extension Bus {
    /// Tells a plain fetcher what an element's news amounts to for it.
    ///
    /// - Parameters:
    ///   - event: What happened to the element.
    ///   - was: Whether it satisfied the rule before.
    ///   - isNow: Whether it does now.
    func notifyDeferring(
        _ fetcher: Fetcher, _ event: Conflation.Event, of element: Element, was: Bool, isNow: Bool
    ) {
        if fetcher.pacing != nil {
            pace(fetcher, event, of: element, was: was, isNow: isNow)
        } else {
            admit(fetcher, element, was: was, isNow: isNow)
        }
    }

    // MARK: interval

    private func pace(_ fetcher: Fetcher, _ event: Conflation.Event, of element: Element, was: Bool, isNow: Bool) {
        if event == .remove {
            // What was held leads from what the peer knows; without it, it knows what was.
            if fetcher.pacing?.forget(element) ?? was { deliver(.remove, of: element, to: fetcher) }
            return
        }
        guard was || isNow else { return }
        switch fetcher.pacing?.note(news: element, was: was, isThere: isNow, at: now) {
        case .hold(let isReplacing):
            if isReplacing {
                counters.notifications &+= 1
                counters.paced &+= 1
            }
        case .tell, nil: deliver(was ? (isNow ? .change : .remove) : .add, of: element, to: fetcher)
        }
        schedule(fetcher)
    }

    /// Sees to it that a fetcher is looked at when something of it is due.
    func schedule(_ fetcher: Fetcher) {
        if let deadline = fetcher.pacing?.deadline { agenda.insert(fetcher, at: deadline) }
    }

    /// Tells what was held and is due.
    func tellDue() {
        while let fetcher = agenda.takeDue(at: now) {
            if fetcher.pacing?.takeDueWindow(at: now) == true { tellHeldWindow(of: fetcher) }
            while let due = fetcher.pacing?.takeDue(at: now) { deliver(due.event, of: due.element, to: fetcher) }
            schedule(fetcher)
        }
    }

    // MARK: max

    private func admit(_ fetcher: Fetcher, _ element: Element, was: Bool, isNow: Bool) {
        switch (was, isNow) {
        case (false, false): return
        case (false, true):
            if fetcher.admission?.enter(element) == true { deliver(.add, of: element, to: fetcher) }
        case (true, true):
            if fetcher.admission?.isWaiting(element) == false { deliver(.change, of: element, to: fetcher) }
        case (true, false):
            guard fetcher.admission?.leave(element) == true else { return }
            deliver(.remove, of: element, to: fetcher)
            if let next = fetcher.admission?.admitNext() { deliver(.add, of: next, to: fetcher) }
        }
    }

    // MARK: Both

    /// A snapshot has come to an element that satisfies the rule of its fetcher.
    ///
    /// - Returns: Whether the peer is to be told of it.
    func meet(_ element: Element, by fetcher: Fetcher) -> Bool {
        fetcher.pacing?.note(told: element, isThere: true, at: now)
        schedule(fetcher)
        return fetcher.admission?.enter(element) ?? true
    }

    private func deliver(_ event: Conflation.Event, of element: Element, to fetcher: Fetcher) {
        let peer = fetcher.peer.takeUnretainedValue()
        counters.notifications &+= 1
        guard !peer.isConflating, peer.outbox.count < configuration.outboxLimit else {
            return conflate(event, of: element, for: fetcher, of: peer, isSender: false)
        }
        renderTail(event, of: element, fetchOnly: event == .add && element.isFetchOnly(for: peer))
        tell(peer, scratch.bytes, of: fetcher)
    }
}
