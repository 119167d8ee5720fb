import JetProtocol

/// Sorted fetches (jet-protocol(7) §4): moves elements in the order of a fetcher and sends the part of its window that
/// changed.
final class SortedWindows {
    private let delivery: Delivery
    private let timers: FetchTimers
    private let clock: Clock
    private let scheduler: Scheduler
    /// How many windows were replaced by newer ones before the `interval` of their fetch was over.
    private(set) var paced: UInt64 = 0

    init(_ delivery: Delivery, _ timers: FetchTimers, _ clock: Clock, _ scheduler: Scheduler) {
        self.scheduler = scheduler
        self.delivery = delivery
        self.timers = timers
        self.clock = clock
    }

    /// Sends the whole window of a fetch, now that it is complete.
    func sendFirst(_ fetcher: Fetcher, _ window: SortedWindow) {
        window.isComplete = true
        fetcher.cursor = nil
        delivery.countNotification()
        send(fetcher, window, changed: window.occupied, to: fetcher.peer.takeUnretainedValue())
    }

    // MARK: Changes

    /// Takes a State out of the windows of its fetchers before its value changes: with another value it could not be found
    /// in the order. `move` puts it in again.
    @inline(never)
    func prepareChange(of element: Element, _ fetchers: FetcherTable) {
        for at in 0..<element.interests.count where element.interests.isSatisfied(at: at) {
            guard let fetcher = fetchers[element.interests[at]]?.takeUnretainedValue(), fetcher.isActive,
                let window = fetcher.window
            else { continue }
            window.rankBeforeChange = window.remove(element)
        }
    }

    /// Moves an element to its new place in the order of a fetcher, and sends what that changes of the window.
    ///
    /// - Parameters:
    ///   - isNow: Whether the element satisfies the rule now.
    ///   - isOwnDoing: See `Delivery.notify`.
    func move(_ element: Element, in fetcher: Fetcher, _ event: ElementEvent, isNow: Bool, isOwnDoing: Bool) {
        guard let window = fetcher.window else { return }
        delivery.countNotification()
        scheduler.charge(fetcher.peer.takeUnretainedValue(), 400)
        let old = event == .change ? window.rankBeforeChange : event == .remove ? window.remove(element) : nil
        let new = isNow ? window.insert(element) : nil
        window.rankBeforeChange = nil
        guard window.isComplete else { return }
        let changed = window.changed(from: old, to: new)
        guard !changed.isEmpty || window.hasOtherCounts else { return }
        let peer = fetcher.peer.takeUnretainedValue()
        if window.isStale {
            // The whole window will be sent, except that a peer's own change comes before the response.
            if fetcher.pacing?.isHoldingWindow == true {
                paced &+= 1
            } else if isOwnDoing, fetcher.pacing == nil {
                sendOwn(fetcher, window, to: peer)
            } else {
                delivery.countConflated(peer)
                enqueue(fetcher, window, of: peer)
            }
        } else if fetcher.pacing?.maySendWindow(at: clock.now) == false {
            window.isStale = true
            paced &+= 1
            timers.schedule(fetcher)
        } else if delivery.isOpen(peer), isOwnDoing || !scheduler.isSpent(peer) {
            send(fetcher, window, changed: changed, to: peer)
        } else if isOwnDoing, fetcher.pacing == nil {
            window.isStale = true
            sendOwn(fetcher, window, to: peer)
        } else {
            window.isStale = true
            delivery.countConflated(peer)
            enqueue(fetcher, window, of: peer)
        }
    }

    /// Sends the window of a fetch from another place, or marks it to be sent when the peer keeps up again: what was held
    /// or is stale is of the former place, and is not sent any more.
    func moveWindow(of fetcher: Fetcher, _ window: SortedWindow, from: Int, to: Int) {
        window.place(from: from, to: to)
        guard window.isComplete else { return }
        let peer = fetcher.peer.takeUnretainedValue()
        delivery.countNotification()
        fetcher.pacing?.dropWindow()
        window.isStale = true
        if delivery.isOpen(peer) {
            sendStale(fetcher, window, to: peer)
        } else {
            delivery.countConflated(peer)
            enqueue(fetcher, window, of: peer)
        }
    }

    private func sendOwn(_ fetcher: Fetcher, _ window: SortedWindow, to peer: Peer) {
        if delivery.closeIfOverfull(peer) { sendStale(fetcher, window, to: peer) }
    }

    // MARK: Stale windows

    /// Sends a window whose interval is over, or marks it to be sent when the peer keeps up again.
    func sendHeld(_ fetcher: Fetcher) {
        guard let window = fetcher.window else { return }
        let peer = fetcher.peer.takeUnretainedValue()
        if delivery.isOpen(peer) {
            sendStale(fetcher, window, to: peer)
        } else {
            enqueue(fetcher, window, of: peer)
        }
    }

    /// Sends a peer that keeps up again the windows that have changed meanwhile, each as a whole, up to the size of a
    /// chunk.
    func resume(_ peer: Peer) {
        while let fetcher = peer.staleWindows.first, delivery.hasRoomForChunk(peer) {
            peer.staleWindows.removeFirst()
            guard let window = fetcher.window else { continue }
            window.isQueued = false
            if fetcher.isActive { sendStale(fetcher, window, to: peer) }
        }
    }

    private func enqueue(_ fetcher: Fetcher, _ window: SortedWindow, of peer: Peer) {
        guard !window.isQueued else { return }
        window.isQueued = true
        peer.staleWindows.append(fetcher)
        if peer.output.isOpen { scheduler.enqueue(peer) }
    }

    private func sendStale(_ fetcher: Fetcher, _ window: SortedWindow, to peer: Peer) {
        guard window.isStale else { return }
        window.isStale = false
        send(fetcher, window, changed: window.occupied, to: peer)
    }

    private func send(_ fetcher: Fetcher, _ window: SortedWindow, changed: Range<Int>, to peer: Peer) {
        window.sentCount = window.count
        window.sentTotal = window.list.count
        fetcher.pacing?.noteWindow(at: clock.now)
        delivery.withBuffer { tail in
            tail.append(",\"params\":{\"n\":")
            tail.append(decimal: UInt64(window.count))
            tail.append(",\"changes\":")
            tail.append(changed, of: window, for: peer)
            if window.includesTotal {
                tail.append(",\"total\":")
                tail.append(decimal: UInt64(window.list.count))
            }
            tail.append("}}")
            scheduler.charge(peer, tail.count / 4)
            delivery.append(tail.bytes, of: fetcher, to: peer)
            delivery.chargeIfLarge(peer)
        }
    }
}

extension RawBuffer {
    /// Appends `[{"path","value","index"},...]`.
    mutating func append(_ ranks: Range<Int>, of window: SortedWindow, for peer: Peer) {
        append("[")
        window.list.forEach(in: ranks) { rank, element in
            if rank > ranks.lowerBound { append(",") }
            append(element, rank: rank, fetchOnly: element.isFetchOnly(for: peer))
        }
        append("]")
    }
}
