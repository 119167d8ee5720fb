import JetProtocol

/// Snapshots: a new fetcher is notified of all elements that match, as fast as its peer reads.
///
/// A snapshot walks over the table of elements; `Fetcher.cursor` is how far it has come. An element names the fetcher from
/// when the snapshot passes it. So a change of an element behind the cursor is notified, and a change before it is not:
/// the snapshot will bring the new value.
final class Snapshots {
    private let elements: ElementTable
    private let fetchers: FetcherTable
    private let delivery: Delivery
    private let deferred: DeferredFetches
    private let scheduler: Scheduler
    private let workLimit: Int

    init(
        _ elements: ElementTable, _ fetchers: FetcherTable, _ delivery: Delivery, _ deferred: DeferredFetches,
        _ scheduler: Scheduler, workLimit: Int
    ) {
        self.scheduler = scheduler
        self.workLimit = workLimit
        self.elements = elements
        self.fetchers = fetchers
        self.delivery = delivery
        self.deferred = deferred
    }

    /// Continues the snapshots of a peer, up to the size of a chunk and as far as its account goes.
    func resume(_ peer: Peer) {
        guard !peer.snapshots.isEmpty else { return }
        var slice = scheduler.slice(for: peer)
        while let fetcher = peer.snapshots.first, delivery.hasRoomForChunk(peer), !slice.isExhausted {
            let before = slice.used
            proceed(fetcher, of: peer, &slice)
            fetcher.snapshotWork += slice.used - before
            if fetcher.cursor == nil { peer.snapshots.removeFirst() }
            guard fetcher.snapshotWork <= workLimit else {
                delivery.close(peer, because: .limitExceeded(.work, max: workLimit))
                break
            }
        }
        delivery.chargeIfLarge(peer)
        scheduler.charge(peer, slice.used)
        // An array that was emptied keeps its memory; nearly all peers need none.
        if peer.snapshots.isEmpty {
            peer.snapshots = []
        } else if delivery.hasRoomForChunk(peer) {
            scheduler.enqueue(peer)
        }
    }

    private func proceed(_ fetcher: Fetcher, of peer: Peer, _ slice: inout Slice) {
        if case .exactly(let paths) = fetcher.reach, fetcher.cursor == 0, paths.count <= Self.fewPaths {
            for path in paths {
                // Without room, the snapshot goes on as a walk over all elements.
                guard delivery.hasRoomForChunk(peer) else { return fetcher.hasLookedUp = true }
                let element = path.withUnsafeBytes { elements.find($0)?.takeUnretainedValue() }
                if let element { add(element, to: fetcher, of: peer, &slice) }
            }
            fetcher.cursor = nil
            return
        }
        guard var place = fetcher.cursor else { return }
        let end = elements.end
        while place < end, delivery.hasRoomForChunk(peer), !slice.isExhausted {
            slice.add(15)
            if let element = elements[place] { add(element, to: fetcher, of: peer, &slice) }
            place &+= 1
        }
        fetcher.cursor = place < end ? place : nil
    }

    /// How many exact paths are looked up at most; for more, all elements are looked at, which can be interrupted.
    private static let fewPaths = 256

    /// Notifies a peer of its own element that it has just changed, if its snapshots have not come to it yet: a peer is
    /// notified of its own changes before the response (jet-protocol(7) §2, Order).
    @inline(__always)
    func addChanged(_ element: Element, to peer: Peer) {
        if !peer.snapshots.isEmpty { addAhead(element, to: peer) }
    }

    @inline(never)
    private func addAhead(_ element: Element, to peer: Peer) {
        var slice = Slice()
        for fetcher in peer.snapshots where fetcher.cursor != nil { add(element, to: fetcher, of: peer, &slice) }
        scheduler.charge(peer, slice.used)
    }

    /// Notes in a new element the fetchers that must hear of it.
    ///
    /// A snapshot that is not complete will come to the new element, which is the last one of the table. But a peer is
    /// notified of its own element before the response.
    ///
    /// - Parameter hash: The hash of the element's path.
    @inline(__always)
    func addInterests(in element: Element, hash: UInt32) {
        guard fetchers.count > 0 else { return }
        fetchers.forEach(
            matching: element.path, hash: hash,
            isCostlyMatch: { fetcher, lowercased in isCostlyMatch(element, fetcher, lowercased) }
        ) { fetcher in
            let isReady = fetcher.cursor == nil || fetcher.peer.toOpaque() == element.owner.toOpaque()
            guard isReady, element.isVisible(to: fetcher.peer.takeUnretainedValue()) else { return }
            guard fetcher.isSelective else {
                var slice = Slice()
                _ = fetchers.addInterest(of: fetcher, in: element, &slice)
                return
            }
            addSelective(element, fetcher)
        }
    }

    @inline(never)
    private func addSelective(_ element: Element, _ fetcher: Fetcher) {
        guard !postpone(element, fetcher) else { return }
        var slice = Slice()
        _ = fetchers.addInterest(of: fetcher, in: element, &slice)
        scheduler.charge(fetcher.peer.takeUnretainedValue(), slice.used)
    }

    /// Whether the path of a new element satisfies a rule that takes long to evaluate.
    private func isCostlyMatch(_ element: Element, _ fetcher: Fetcher, _ lowercased: [UInt8]) -> Bool {
        guard fetcher.isActive, !postpone(element, fetcher) else { return false }
        var slice = Slice()
        let path = element.path.bytes
        let isMatch =
            fetcher.rule.path.ignoresCase
            ? fetcher.rule.path.matches(path, lowercased: lowercased, &slice.meter)
            : fetcher.rule.path.matches(path, &slice.meter)
        scheduler.charge(fetcher.peer.takeUnretainedValue(), slice.used)
        return isMatch
    }

    /// Leaves a new element to the snapshot of a fetcher whose account is spent: the snapshot goes on from this element.
    ///
    /// - Returns: Whether it is left to that. A fetcher of the element's owner is notified before the response.
    @inline(never)
    private func postpone(_ element: Element, _ fetcher: Fetcher) -> Bool {
        let peer = fetcher.peer.takeUnretainedValue()
        guard fetcher.window == nil, fetcher.peer.toOpaque() != element.owner.toOpaque(), scheduler.isSpent(peer) else {
            return false
        }
        guard fetcher.cursor == nil else { return true }
        fetcher.cursor = element.place
        fetcher.snapshotWork = 0
        fetcher.hasLookedUp = true
        peer.snapshots.append(fetcher)
        scheduler.enqueue(peer)
        return true
    }

    /// Moves the cursors of a peer's snapshots, when the table of elements was packed.
    func relocate(of peer: Peer, _ move: ElementTable.Move) {
        for fetcher in peer.snapshots {
            if let cursor = fetcher.cursor { fetcher.cursor = move.place(of: cursor) }
        }
    }

    /// Notifies a fetcher of an element that the snapshot has come to.
    @inline(__always)
    private func add(_ element: Element, to fetcher: Fetcher, of peer: Peer, _ slice: inout Slice) {
        guard fetcher.fetchesAllPaths || fetcher.rule.path.matches(element.path.bytes, &slice.meter),
            element.isVisible(to: peer)
        else { return }
        // Its owner may have been notified before the snapshot came here, or it was looked up.
        if fetcher.hasLookedUp || element.owner.toOpaque() == fetcher.peer.toOpaque(), element.names(fetcher) { return }
        guard fetchers.addInterest(of: fetcher, in: element, &slice),
            !fetcher.isDeferring || deferred.add(element, to: fetcher)
        else { return }
        slice.add(60 + Int(element.value.bytes.count) / 8)
        delivery.countNotification()
        delivery.withText(about: element) { delivery.append($0.tail(.add, for: peer), of: fetcher, to: peer) }
    }
}

extension Element {
    /// Whether the element names a fetcher.
    fileprivate func names(_ fetcher: Fetcher) -> Bool {
        for at in 0..<interests.count where interests[at] == fetcher.slot { return true }
        return false
    }
}
