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

    init(_ elements: ElementTable, _ fetchers: FetcherTable, _ delivery: Delivery, _ deferred: DeferredFetches) {
        self.elements = elements
        self.fetchers = fetchers
        self.delivery = delivery
        self.deferred = deferred
    }

    /// Continues the snapshots of a peer, up to the size of a chunk.
    func resume(_ peer: Peer) {
        while let fetcher = peer.snapshots.first, delivery.hasRoomForChunk(peer) {
            proceed(fetcher, of: peer)
            if fetcher.cursor == nil { peer.snapshots.removeFirst() }
        }
        delivery.chargeIfLarge(peer)
        // An array that was emptied keeps its memory; nearly all peers need none.
        if peer.snapshots.isEmpty { peer.snapshots = [] }
    }

    private func proceed(_ fetcher: Fetcher, of peer: Peer) {
        if case .exactly(let paths) = fetcher.reach {
            for path in paths {
                let element = path.withUnsafeBytes { elements.find($0)?.takeUnretainedValue() }
                if let element { add(element, to: fetcher, of: peer) }
            }
            fetcher.cursor = nil
            return
        }
        guard var place = fetcher.cursor else { return }
        let end = elements.end
        while place < end, delivery.hasRoomForChunk(peer) {
            if let element = elements[place] { add(element, to: fetcher, of: peer) }
            place &+= 1
        }
        fetcher.cursor = place < end ? place : nil
    }

    /// Notifies a peer of its own element that it has just changed, if its snapshots have not come to it yet: a peer is
    /// notified of its own changes before the response (jet-protocol(7) §2, Order).
    @inline(__always)
    func addChanged(_ element: Element, to peer: Peer) {
        if !peer.snapshots.isEmpty { addAhead(element, to: peer) }
    }

    @inline(never)
    private func addAhead(_ element: Element, to peer: Peer) {
        for fetcher in peer.snapshots where fetcher.cursor != nil { add(element, to: fetcher, of: peer) }
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
        fetchers.forEach(matching: element.path, hash: hash) { fetcher in
            let isReady = fetcher.cursor == nil || fetcher.peer.toOpaque() == element.owner.toOpaque()
            guard isReady, element.isVisible(to: fetcher.peer.takeUnretainedValue()) else { return }
            _ = fetchers.addInterest(of: fetcher, in: element)
        }
    }

    /// Moves the cursors of a peer's snapshots, when the table of elements was packed.
    func relocate(of peer: Peer, _ moved: ContiguousArray<Int>) {
        for fetcher in peer.snapshots {
            if let cursor = fetcher.cursor { fetcher.cursor = moved[cursor] }
        }
    }

    /// Notifies a fetcher of an element that the snapshot has come to.
    @inline(__always)
    private func add(_ element: Element, to fetcher: Fetcher, of peer: Peer) {
        // Its owner may have been notified before the snapshot came here.
        if element.owner.toOpaque() == fetcher.peer.toOpaque(), element.names(fetcher) { return }
        guard fetcher.rule.path.matches(element.path.bytes), element.isVisible(to: peer) else { return }
        guard fetchers.addInterest(of: fetcher, in: element),
            !fetcher.isDeferring || deferred.add(element, to: fetcher)
        else { return }
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
