import JetProtocol

/// The hot path: an element was added, changed or removed, and the fetchers that it names are notified.
final class Notifier {
    private let fetchers: FetcherTable
    private let delivery: Delivery
    private let windows: SortedWindows
    private let deferred: DeferredFetches
    private let scheduler: Scheduler
    private let backlog: Backlog

    init(
        _ fetchers: FetcherTable, _ delivery: Delivery, _ windows: SortedWindows, _ deferred: DeferredFetches,
        _ scheduler: Scheduler, _ backlog: Backlog
    ) {
        self.scheduler = scheduler
        self.backlog = backlog
        self.fetchers = fetchers
        self.delivery = delivery
        self.windows = windows
        self.deferred = deferred
    }

    /// Gives a State a new value and notifies its fetchers.
    ///
    /// - Parameter isMoving: Whether the value needs other memory, see `ElementValue.needsMove`.
    @inline(__always)
    func change(_ element: Element, to value: UnsafeRawBufferPointer, isMoving: Bool, by sender: Unmanaged<Peer>) {
        if element.selectiveInterests > 0 { windows.prepareChange(of: element, fetchers) }
        element.value.assign(value, isMoving: isMoving)
        notify(.change, of: element, by: sender)
    }

    /// Notifies the fetchers of an element.
    ///
    /// - Parameter sender: The peer that caused the event by a message that is being handled.
    @inline(__always)
    func notify(_ event: ElementEvent, of element: Element, by sender: Unmanaged<Peer>?) {
        guard element.interests.count > 0 else { return }
        // A large value is charged to each peer as it is appended, not at the end of the turn; and many rules may have to
        // wait.
        guard element.value.bytes.count <= Delivery.largeMessage, element.selectiveInterests <= Self.fewRules else {
            return notifyWithCare(event, of: element, by: sender)
        }
        delivery.withText(about: element) { text in
            var at: UInt32 = 0
            while at < element.interests.count {
                guard let reference = fetchers[element.interests[at]] else { return }
                let isNotified = reference._withUnsafeGuaranteedRef { fetcher in
                    guard fetcher.isPlain else { return false }
                    return fetcher.peer._withUnsafeGuaranteedRef { peer in
                        guard peer.output.isOpen else { return false }
                        delivery.append(text.tail(event, for: peer), of: fetcher, to: peer)
                        return true
                    }
                }
                if isNotified {
                    delivery.countNotification()
                    at &+= 1
                } else if notifyOther(reference.takeUnretainedValue(), event, &text, at: at, by: sender) {
                    at &+= 1
                }
            }
        }
    }

    /// With more selective fetchers than this, an element is notified with care.
    private static var fewRules: UInt32 { 64 }

    /// Whether a selective fetcher is notified of a change later, because its account is spent.
    @inline(__always)
    private func isPostponed(_ fetcher: Fetcher, by sender: Unmanaged<Peer>?) -> Bool {
        guard scheduler.hasSpentAccounts, fetcher.isActive, fetcher.isSelective, fetcher.window == nil,
            fetcher.peer.toOpaque() != sender?.toOpaque()
        else { return false }
        return fetcher.peer._withUnsafeGuaranteedRef { scheduler.isSpent($0) }
    }

    /// The same with a value that is large, or with many rules to be evaluated.
    @inline(never)
    private func notifyWithCare(_ event: ElementEvent, of element: Element, by sender: Unmanaged<Peer>?) {
        // Rules that are to be evaluated later need not be noted again.
        let skipsPending = event == .change && element.isInBacklog
        delivery.withText(about: element) { text in
            var at: UInt32 = 0
            while at < element.interests.count {
                if skipsPending, element.interests.isPending(at: at) {
                    at &+= 1
                    continue
                }
                guard let reference = fetchers[element.interests[at]] else { return }
                if event == .change, reference._withUnsafeGuaranteedRef({ isPostponed($0, by: sender) }) {
                    backlog.note(element, at: at)
                    at &+= 1
                } else if notifyOther(reference.takeUnretainedValue(), event, &text, at: at, by: sender) {
                    at &+= 1
                }
            }
            // Many fetchers take time even if nothing is evaluated for them.
            if let sender { sender._withUnsafeGuaranteedRef { scheduler.charge($0, Int(at) &* 4) } }
        }
    }

    /// Notifies a fetcher that is not plain, whose peer does not keep up, or of a large value.
    ///
    /// - Parameter at: Where the fetcher is in the element's interests.
    /// - Returns: Whether it stays there.
    @inline(never)
    private func notifyOther(
        _ fetcher: Fetcher, _ event: ElementEvent, _ text: inout NotificationText, at: UInt32,
        by sender: Unmanaged<Peer>?
    ) -> Bool {
        let element = text.element
        guard fetcher.isActive else {
            fetchers.removeInterest(of: fetcher, in: element, at: at)
            return false
        }
        let isOwnDoing = fetcher.peer.toOpaque() == sender?.toOpaque()
        guard fetcher.isSelective else {
            delivery.notify(fetcher, event, &text, isOwnDoing: isOwnDoing)
            return true
        }
        notifySelective(fetcher, event, &text, at: at, isOwnDoing: isOwnDoing)
        return true
    }

    /// Evaluates the rule of a selective fetcher, and notifies it.
    private func notifySelective(
        _ fetcher: Fetcher, _ event: ElementEvent, _ text: inout NotificationText, at: UInt32, isOwnDoing: Bool
    ) {
        let element = text.element
        let was = event != .add && element.interests.isSatisfied(at: at)
        let isNow: Bool
        switch event {
        case .add: isNow = element.interests.isSatisfied(at: at)
        case .change:
            var slice = Slice()
            slice.add(100)
            isNow = element.satisfies(fetcher.rule, &slice.meter)
            scheduler.charge(fetcher.peer.takeUnretainedValue(), slice.used)
            element.interests.setSatisfied(isNow, at: at)
            // It may have waited in the backlog, and is evaluated with the newest value now.
            element.interests.setPending(false, at: at)
        case .remove: isNow = false
        }
        if fetcher.isDeferring {
            deferred.notify(fetcher, event, of: element, was: was, isNow: isNow)
        } else if was || isNow {
            if fetcher.window != nil {
                windows.move(element, in: fetcher, event, isNow: isNow, isOwnDoing: isOwnDoing)
            } else {
                delivery.notify(fetcher, was ? (isNow ? .change : .remove) : .add, &text, isOwnDoing: isOwnDoing)
            }
        }
    }

    /// Whether the rules of some fetchers are to be evaluated.
    var hasBacklog: Bool { !backlog.isEmpty }

    /// Evaluates them, until the slice is exhausted.
    func resumeBacklog(_ slice: inout Slice) {
        backlog.proceed(&slice) { element, fetcher, at in
            delivery.withText(about: element) { text in
                notifySelective(fetcher, .change, &text, at: at, isOwnDoing: false)
            }
        }
    }
}
