import JetProtocol

/// Fetchers for which the value counts: an element comes and goes as its value satisfies the rule, or moves in an order
/// (jet-protocol(7) §4).
extension Bus {
    /// Gives a State a new value, when there are fetchers that have to know the old one.
    func assign(_ value: UnsafeRawBufferPointer, to element: Element) {
        for at in 0..<element.interests.count where element.interests.isSatisfied(at: at) {
            guard let fetcher = fetchers[element.interests[at]]?.takeUnretainedValue(), fetcher.isActive else {
                continue
            }
            // Once the value is another one, the entry would be looked for in the wrong place.
            let rank = fetcher.window?.remove(element)
            fetcher.window?.rankBeforeChange = rank
        }
        element.value.assign(value)
    }

    /// Tells a selective fetcher what happened to an element.
    ///
    /// - Parameters:
    ///   - at: Where the fetcher stands in the element's interests.
    ///   - sender: Who caused it, by a message that is being handled.
    func notifySelective(
        _ fetcher: Fetcher, _ event: Conflation.Event, of element: Element, at: UInt32, by sender: Unmanaged<Peer>?
    ) {
        let was = event != .add && element.interests.isSatisfied(at: at)
        let isNow: Bool
        switch event {
        case .add: isNow = element.interests.isSatisfied(at: at)
        case .change:
            isNow = satisfies(element, fetcher.rule)
            element.interests.setSatisfied(isNow, at: at)
        case .remove: isNow = false
        }
        if fetcher.isDeferring { return notifyDeferring(fetcher, event, of: element, was: was, isNow: isNow) }
        guard was || isNow else { return }
        let peer = fetcher.peer.takeUnretainedValue()
        counters.notifications &+= 1
        guard fetcher.window == nil else {
            return moveInWindow(
                fetcher, event, element, isNow: isNow, of: peer, isSender: fetcher.peer.toOpaque() == sender?.toOpaque()
            )
        }
        let seen: Conflation.Event = was ? (isNow ? .change : .remove) : .add
        renderTail(seen, of: element, fetchOnly: seen == .add && element.isFetchOnly(for: peer))
        if !peer.isConflating, peer.outbox.count < configuration.outboxLimit {
            tell(peer, scratch.bytes, of: fetcher)
        } else {
            conflate(seen, of: element, for: fetcher, of: peer, isSender: fetcher.peer.toOpaque() == sender?.toOpaque())
        }
    }

    // MARK: Sorted windows

    /// Begins a sorted fetch: all that satisfies the rule is put in order, and the peer is told the window.
    func fillWindow(of fetcher: Fetcher) {
        guard let window = fetcher.window else { return }
        let peer = fetcher.peer.takeUnretainedValue()
        var entries: [RankedList.Entry] = []
        forEachElement(satisfying: fetcher.rule, visibleTo: peer) { element in
            if interest(fetcher, in: element) { entries.append(window.order.entry(of: element)) }
        }
        window.fill(entries)
        fetcher.cursor = nil
        counters.notifications &+= 1
        tellWindow(of: fetcher, changed: window.occupied, to: peer)
    }

    private func moveInWindow(
        _ fetcher: Fetcher, _ event: Conflation.Event, _ element: Element, isNow: Bool, of peer: Peer, isSender: Bool
    ) {
        let old =
            event == .change
            ? fetcher.window?.rankBeforeChange : event == .remove ? fetcher.window?.remove(element) : nil
        let new = isNow ? fetcher.window?.insert(element) : nil
        guard let window = fetcher.window else { return }
        fetcher.window?.rankBeforeChange = nil
        let changed = window.changed(from: old, to: new)
        guard !changed.isEmpty || window.count != window.toldCount else { return }
        if fetcher.pacing != nil {
            paceWindow(of: fetcher, changed: changed, to: peer)
        } else if window.isStale || peer.isConflating || peer.outbox.count >= configuration.outboxLimit {
            fetcher.window?.isStale = true
            // What a peer is told of its own doing comes before the response.
            if isSender {
                guard peer.outbox.count < configuration.outboxCeiling else { return refuseForOutbox(peer) }
                return continueWindow(of: fetcher, to: peer)
            }
            counters.conflated &+= 1
            noteStale(fetcher, of: peer)
        } else {
            tellWindow(of: fetcher, changed: changed, to: peer)
        }
    }

    private func noteStale(_ fetcher: Fetcher, of peer: Peer) {
        guard let window = fetcher.window, !window.isInLine else { return }
        window.isInLine = true
        peer.staleWindows.append(fetcher)
    }

    /// Tells a window at once if its interval allows it and the peer keeps up. Else it is stale: it is told as a whole when
    /// the time is over, and when the peer keeps up again.
    private func paceWindow(of fetcher: Fetcher, changed: Range<Int>, to peer: Peer) {
        guard let window = fetcher.window else { return }
        guard !window.isStale else {
            if fetcher.pacing?.isHoldingWindow == true { counters.paced &+= 1 } else { counters.conflated &+= 1 }
            return
        }
        guard fetcher.pacing?.mayTellWindow(at: now) != false else {
            fetcher.window?.isStale = true
            counters.paced &+= 1
            return schedule(fetcher)
        }
        guard !peer.isConflating, peer.outbox.count < configuration.outboxLimit else {
            fetcher.window?.isStale = true
            counters.conflated &+= 1
            return noteStale(fetcher, of: peer)
        }
        tellWindow(of: fetcher, changed: changed, to: peer)
    }

    /// Tells a window whose interval is over, or, if the peer does not keep up, when it does again.
    func tellHeldWindow(of fetcher: Fetcher) {
        let peer = fetcher.peer.takeUnretainedValue()
        if peer.isConflating || peer.outbox.count >= configuration.outboxLimit {
            noteStale(fetcher, of: peer)
        } else {
            continueWindow(of: fetcher, to: peer)
        }
    }

    /// Tells a peer that keeps up again the windows that have changed meanwhile, each as a whole, up to the size of a
    /// chunk.
    func continueWindows(of peer: Peer) {
        while let fetcher = peer.staleWindows.first, peer.outbox.count < configuration.snapshotChunk {
            peer.staleWindows.removeFirst()
            fetcher.window?.isInLine = false
            if fetcher.isActive { continueWindow(of: fetcher, to: peer) }
        }
    }

    private func continueWindow(of fetcher: Fetcher, to peer: Peer) {
        guard let window = fetcher.window, window.isStale else { return }
        fetcher.window?.isStale = false
        tellWindow(of: fetcher, changed: window.occupied, to: peer)
    }

    private func tellWindow(of fetcher: Fetcher, changed: Range<Int>, to peer: Peer) {
        guard let window = fetcher.window else { return }
        fetcher.window?.toldCount = window.count
        fetcher.pacing?.noteWindow(at: now)
        scratch.removeAll(keepingAtMost: 1 << 20)
        scratch.append(",\"params\":{\"n\":")
        scratch.append(decimal: UInt64(window.count))
        scratch.append(",\"changes\":")
        renderRanks(changed, of: window, for: peer)
        scratch.append("}}")
        tell(peer, scratch.bytes, of: fetcher)
    }

    /// Renders `[{"path","value","index"},...]` behind what is in `scratch`.
    private func renderRanks(_ ranks: Range<Int>, of window: SortedWindow, for peer: Peer) {
        scratch.append("[")
        window.list.forEach(in: ranks) { rank, element in
            if rank > ranks.lowerBound { scratch.append(",") }
            renderRanked(element, rank, for: peer)
        }
        scratch.append("]")
    }

    /// Renders `{"path","value","index"}` behind what is in `scratch`.
    private func renderRanked(_ element: Element, _ rank: Int, for peer: Peer) {
        scratch.append("{\"path\":")
        scratch.append(element.quotedPath)
        if !element.isMethod {
            scratch.append(",\"value\":")
            scratch.append(element.value.bytes)
        }
        scratch.append(",\"index\":")
        scratch.append(decimal: UInt64(rank + 1))
        if element.isFetchOnly(for: peer) { scratch.append(",\"fetchOnly\":true") }
        scratch.append("}")
    }

    /// Answers a get whose rule sorts.
    func getSorted(_ rule: FetchRule, _ sort: SortRule, for peer: Peer, id: UnsafeRawBufferPointer) {
        let window = SortedWindow(sort)
        var entries: [RankedList.Entry] = []
        forEachElement(satisfying: rule, visibleTo: peer) { element in
            if satisfies(element, rule) { entries.append(window.order.entry(of: element)) }
        }
        window.fill(entries)
        scratch.removeAll(keepingAtMost: 1 << 20)
        renderRanks(window.occupied, of: window, for: peer)
        respond(to: peer, id: id, result: scratch.bytes)
    }

    /// Calls `body` with each element whose path satisfies a rule and that a peer may see, in the order of their adds or,
    /// for a rule of exact paths, of the paths.
    func forEachElement(
        satisfying rule: FetchRule, visibleTo peer: Peer, _ body: (Element) -> Void
    ) {
        func visit(_ element: Element?) {
            guard let element, rule.path.matches(element.path.bytes), element.isVisible(to: peer) else { return }
            body(element)
        }
        if case .exactly(let paths) = rule.path.reach {
            for path in paths { visit(path.withUnsafeBytes { elements.find($0)?.takeUnretainedValue() }) }
        } else {
            for place in 0..<elements.end { visit(elements[place]) }
        }
    }
}
