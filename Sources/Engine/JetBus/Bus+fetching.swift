import JSONText
import JetProtocol

/// Live queries: `fetch`, `unfetch`, `get`, and the snapshots of fetches (jet-protocol(7) §2 and §4).
extension Bus {
    func fetch(_ request: borrowing Request) throws(ErrorObject) {
        let peer = request.peer
        let id = try fetchID(of: request)
        guard peer.fetchers[id] == nil else { throw .invalidParams("fetchIdInUse", id.text) }
        let rule = try rule(of: request)
        guard rule.limit == nil || rule.interval == nil else {
            throw .badRule(RuleError(at: "interval", "goes with max only in a fetch that sorts"))
        }
        serial &+= 1
        let fetcher = Fetcher(serial: serial, peer: peer, id: id, rule: rule)
        peer.fetchers[id] = fetcher
        fetcher.slot = vacantFetchers.popLast() ?? fetchers.count
        // The table's own reference, until the slot is freed.
        let reference = Unmanaged.passRetained(fetcher)
        if fetcher.slot == fetchers.count { fetchers.append(reference) } else { fetchers[fetcher.slot] = reference }
        index.insert(fetcher)
        counters.fetchers += 1
        succeed(request)
        if fetcher.window != nil {
            fillWindow(of: fetcher)
            return
        }
        peer.snapshots.append(fetcher)
        continueNotifying(peer)
    }

    func unfetch(_ request: borrowing Request) throws(ErrorObject) {
        let id = try fetchID(of: request)
        if let fetcher = request.peer.fetchers[id] { end(fetcher) }
        succeed(request)
    }

    private func fetchID(of request: borrowing Request) throws(ErrorObject) -> FetchID {
        guard let id = FetchID(try required("id", of: request), in: request.text.bytes) else {
            throw .wrongType("id", got: request.params)
        }
        return id
    }

    private func rule(of request: borrowing Request) throws(ErrorObject) -> FetchRule {
        let params = try tree(of: request)
        do {
            return try FetchRule(parsing: params)
        } catch {
            throw .badRule(error)
        }
    }

    /// Ends a fetcher. The elements that name it forget it when they next look, or when too many such names are around.
    func end(_ fetcher: Fetcher) {
        let peer = fetcher.peer.takeUnretainedValue()
        agenda.remove(fetcher)
        fetcher.deactivate()
        peer.fetchers[fetcher.id] = nil
        if fetcher.cursor != nil { peer.snapshots.removeAll { $0 === fetcher } }
        index.remove(fetcher)
        counters.fetchers -= 1
        liveInterests -= fetcher.interestCount
        deadInterests += fetcher.interestCount
        freeSlotIfUnused(fetcher)
        if deadInterests > liveInterests + 1024 { sweepInterests() }
    }

    // MARK: Interests

    /// Makes an element know of a fetcher whose path rule it satisfies.
    ///
    /// - Returns: Whether its value satisfies the rest of the rule.
    func interest(_ fetcher: Fetcher, in element: Element) -> Bool {
        let isSatisfied = !fetcher.isSelective || satisfies(element, fetcher.rule)
        element.interests.append(fetcher.slot, isSatisfied: isSatisfied)
        if fetcher.isSelective { element.selectiveInterests += 1 }
        fetcher.interestCount += 1
        liveInterests += 1
        return isSatisfied
    }

    /// Whether an element whose path satisfies a rule satisfies the rest of it.
    func satisfies(_ element: Element, _ rule: FetchRule) -> Bool {
        if rule.isOnlyAboutPath { return true }
        return element.isMethod ? rule.matchesMethod : rule.matches(value: element.value.bytes.bytes)
    }

    /// Takes note that an element has forgotten a fetcher.
    func lostInterest(of fetcher: Fetcher, in element: Element) {
        if fetcher.isSelective { element.selectiveInterests -= 1 }
        fetcher.interestCount -= 1
        if fetcher.isActive {
            liveInterests -= 1
        } else {
            deadInterests -= 1
            freeSlotIfUnused(fetcher)
        }
    }

    func forgetInterests(in element: Element) {
        while element.interests.count > 0 {
            let last = element.interests.count - 1
            let fetcher = fetchers[element.interests[last]]
            element.interests.remove(at: last)
            if let fetcher { lostInterest(of: fetcher.takeUnretainedValue(), in: element) }
        }
    }

    private func freeSlotIfUnused(_ fetcher: Fetcher) {
        guard !fetcher.isActive, fetcher.interestCount == 0 else { return }
        fetchers[fetcher.slot]?.release()
        fetchers[fetcher.slot] = nil
        vacantFetchers.append(fetcher.slot)
    }

    /// Makes all elements forget the fetchers that ended.
    private func sweepInterests() {
        for place in 0..<elements.end {
            guard let element = elements[place] else { continue }
            var at: UInt32 = 0
            while at < element.interests.count {
                guard let fetcher = fetchers[element.interests[at]]?.takeUnretainedValue(), !fetcher.isActive else {
                    at += 1
                    continue
                }
                element.interests.remove(at: at)
                lostInterest(of: fetcher, in: element)
            }
        }
    }

    // MARK: Snapshots

    /// Gives a peer that keeps up more of what waits for it: first what was conflated, then its snapshots, up to the
    /// size of a chunk.
    func continueNotifying(_ peer: Peer) {
        continueConflated(peer)
        guard !peer.isConflating else { return }
        while let fetcher = peer.snapshots.first, peer.outbox.count < configuration.snapshotChunk {
            continueSnapshot(fetcher, of: peer)
            if fetcher.cursor == nil { peer.snapshots.removeFirst() }
        }
        if peer.snapshots.isEmpty { peer.snapshots = [] }
    }

    private func continueSnapshot(_ fetcher: Fetcher, of peer: Peer) {
        if case .exactly(let paths) = fetcher.reach {
            for path in paths {
                let element = path.withUnsafeBytes { elements.find($0)?.takeUnretainedValue() }
                if let element { show(element, to: fetcher, of: peer) }
            }
            fetcher.cursor = nil
            return
        }
        guard var place = fetcher.cursor else { return }
        let end = elements.end
        while place < end, peer.outbox.count < configuration.snapshotChunk {
            if let element = elements[place] { show(element, to: fetcher, of: peer) }
            place &+= 1
        }
        fetcher.cursor = place < end ? place : nil
    }

    /// Tells a peer of its own element that it has just changed, if its snapshots have not come to it yet: a peer hears of
    /// its own doing before the response (jet-protocol(7) §2, Order).
    @inline(never)
    func introduce(_ element: Element, to peer: Peer) {
        for fetcher in peer.snapshots where fetcher.cursor != nil { show(element, to: fetcher, of: peer) }
    }

    /// Whether an element knows of a fetcher.
    private func isKnown(_ fetcher: Fetcher, to element: Element) -> Bool {
        for at in 0..<element.interests.count where element.interests[at] == fetcher.slot { return true }
        return false
    }

    /// Tells a fetcher of an element that it meets for the first time.
    @inline(__always)
    private func show(_ element: Element, to fetcher: Fetcher, of peer: Peer) {
        // Its owner may have been told before the snapshot came here.
        if element.owner.toOpaque() == fetcher.peer.toOpaque(), isKnown(fetcher, to: element) { return }
        guard fetcher.rule.path.matches(element.path.bytes), element.isVisible(to: peer) else { return }
        guard interest(fetcher, in: element), !fetcher.isDeferring || meet(element, by: fetcher) else { return }
        counters.notifications &+= 1
        renderTail(.add, of: element, fetchOnly: element.isFetchOnly(for: peer))
        tell(peer, scratch.bytes, of: fetcher)
    }

    // MARK: get

    func get(_ request: borrowing Request) throws(ErrorObject) {
        let rule = try rule(of: request)
        let peer = request.peer
        guard let id = request.id else { return }
        guard walked < configuration.walkLimit else { throw .limitExceeded("walk", max: configuration.walkLimit) }
        walked += elements.end
        if let sort = rule.sort { return getSorted(rule, sort, for: peer, id: id) }
        var entries = RawBuffer()
        entries.append("[")
        var rest = rule.limit ?? .max
        forEachElement(satisfying: rule, visibleTo: peer) { element in
            guard rest > 0, satisfies(element, rule) else { return }
            rest -= 1
            if entries.count > 1 { entries.append(",") }
            scratch.removeAll()
            renderEntry(.add, of: element, fetchOnly: element.isFetchOnly(for: peer))
            entries.append(scratch.bytes)
        }
        entries.append("]")
        respond(to: request.peer, id: id, result: entries.bytes)
    }
}
