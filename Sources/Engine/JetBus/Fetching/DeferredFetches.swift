import JetProtocol

/// Plain fetchers that are not notified of every event: those with an `interval` (jet-protocol(7) §7), and those with the
/// older form's `max`.
///
/// What they are notified of may be caused by another element or by time. So a peer's own changes are conflated as well,
/// unlike those for other fetchers: one of its own elements may be conflated already.
final class DeferredFetches {
    private let delivery: Delivery
    private let windows: SortedWindows
    private let timers: FetchTimers
    private let clock: Clock
    /// How many notifications were replaced by newer ones before the `interval` of their fetch was over.
    private(set) var paced: UInt64 = 0

    init(_ delivery: Delivery, _ windows: SortedWindows, _ timers: FetchTimers, _ clock: Clock) {
        self.delivery = delivery
        self.windows = windows
        self.timers = timers
        self.clock = clock
    }

    /// Handles an event of an element.
    ///
    /// - Parameters:
    ///   - was: Whether it satisfied the rule before.
    ///   - isNow: Whether it satisfies the rule now.
    func notify(_ fetcher: Fetcher, _ event: ElementEvent, of element: Element, was: Bool, isNow: Bool) {
        if fetcher.pacing != nil {
            pace(fetcher, event, of: element, was: was, isNow: isNow)
        } else {
            limit(fetcher, element, was: was, isNow: isNow)
        }
    }

    /// Notes an element that a snapshot has come to and that satisfies the rule.
    ///
    /// - Returns: Whether the peer is notified of it.
    func add(_ element: Element, to fetcher: Fetcher) -> Bool {
        fetcher.pacing?.note(sent: element, isThere: true, at: clock.now)
        timers.schedule(fetcher)
        return fetcher.limited?.enter(element) ?? true
    }

    // MARK: interval

    private func pace(_ fetcher: Fetcher, _ event: ElementEvent, of element: Element, was: Bool, isNow: Bool) {
        if event == .remove {
            // If something was held, the peer knows what was true before it; otherwise it knows `was`.
            if fetcher.pacing?.forget(element) ?? was { delivery.notify(fetcher, .remove, of: element) }
            return
        }
        guard was || isNow else { return }
        switch fetcher.pacing?.note(event: element, was: was, isThere: isNow, at: clock.now) {
        case .hold(let isReplacing):
            if isReplacing {
                delivery.countNotification()
                paced &+= 1
            }
        case .send, nil: delivery.notify(fetcher, was ? (isNow ? .change : .remove) : .add, of: element)
        }
        timers.schedule(fetcher)
    }

    /// Sends what was held and whose time is over.
    func sendExpired() {
        while let fetcher = timers.takeExpired(at: clock.now) {
            if fetcher.pacing?.takeExpiredWindow(at: clock.now) == true { windows.sendHeld(fetcher) }
            while let expired = fetcher.pacing?.takeExpired(at: clock.now) {
                delivery.notify(fetcher, expired.event, of: expired.element)
            }
            timers.schedule(fetcher)
        }
    }

    // MARK: max

    private func limit(_ fetcher: Fetcher, _ element: Element, was: Bool, isNow: Bool) {
        switch (was, isNow) {
        case (false, false): return
        case (false, true):
            if fetcher.limited?.enter(element) == true { delivery.notify(fetcher, .add, of: element) }
        case (true, true):
            if fetcher.limited?.isWaiting(element) == false { delivery.notify(fetcher, .change, of: element) }
        case (true, false):
            guard fetcher.limited?.leave(element) == true else { return }
            delivery.notify(fetcher, .remove, of: element)
            if let next = fetcher.limited?.enterNext() { delivery.notify(fetcher, .add, of: next) }
        }
    }
}
