/// *Pacing*: what a fetcher with an `interval` remembers (jet-protocol(7) §7), so that between two notifications about one
/// element there is at least that much time, and the last value wins.
///
/// The first notification about an element is sent immediately, and a *record* of it is kept for one interval. What
/// happens to the element in that time is held; when the interval is over, one notification is sent that leads from what
/// the peer knows to what is true. The remove of an element is not held: it is sent immediately, and what was held is
/// dropped. So a peer does not keep an element that is gone, and there are never more records than elements.
///
/// Records are ordered by the time of the last notification. So the earliest deadline is always that of the first record,
/// and no element needs a timer.
final class Pacing {
    /// What is done with an event.
    enum Decision {
        /// It is sent now.
        case send
        /// It is held; `replacing` is whether it replaces an event that was held and will not be sent.
        case hold(replacing: Bool)
    }

    /// An element that the peer was notified of less than an interval ago.
    private struct Record {
        let element: Element
        /// When the notification was sent.
        var sent: UInt64
        /// Whether the element satisfies the rule.
        var isThere: Bool
        /// Whether the peer knows of it, if that has to be compared with `isThere` when the time is over; `nil` while
        /// nothing is held.
        var known: Bool?
    }

    /// Its fetcher's place in `FetchTimers`, if it is there.
    var timerPlace: Int?
    /// The least time between two notifications, in nanoseconds.
    let interval: UInt64
    /// Records by the serials of their elements.
    private var records: [UInt64: Record] = [:]
    /// The serials in the order of the notifications, and their times. An entry whose record has another time, or is
    /// gone, is out of date.
    private var order: [(serial: UInt64, sent: UInt64)] = []
    /// How many entries at the front of `order` are done.
    private var done = 0
    /// When the window of a sorted fetch was last sent; `nil` if never.
    private var windowSent: UInt64?
    /// Whether a window is held.
    private(set) var isHoldingWindow = false

    init(interval: UInt64) { self.interval = interval }

    /// How many elements are remembered.
    var count: Int { records.count }

    /// When there is something to be sent or to be forgotten; `nil` if never.
    var deadline: UInt64? {
        if isHoldingWindow, let windowSent { return end(of: windowSent) }
        return done < order.count ? end(of: order[done].sent) : nil
    }

    private func end(of time: UInt64) -> UInt64 {
        let (sum, isTooLarge) = time.addingReportingOverflow(interval)
        return isTooLarge ? .max : sum
    }

    // MARK: Elements

    /// Notes that the peer is notified of an element.
    func note(sent element: Element, isThere: Bool, at now: UInt64) {
        records[element.serial] = Record(element: element, sent: now, isThere: isThere, known: nil)
        order.append((element.serial, now))
        if order.count > 2 * records.count + 64 { pack() }
    }

    /// Decides what is done with an event of an element.
    ///
    /// - Parameters:
    ///   - was: Whether it satisfied the rule before.
    ///   - isThere: Whether it does now.
    func note(event element: Element, was: Bool, isThere: Bool, at now: UInt64) -> Decision {
        guard let record = records[element.serial] else {
            note(sent: element, isThere: isThere, at: now)
            return .send
        }
        if record.known == nil, now >= end(of: record.sent) {
            note(sent: element, isThere: isThere, at: now)
            return .send
        }
        records[element.serial]?.isThere = isThere
        guard record.known == nil else { return .hold(replacing: true) }
        records[element.serial]?.known = was
        return .hold(replacing: false)
    }

    /// An element has ended.
    ///
    /// - Returns: Whether the peer knows of it, if something was held; else `nil`.
    func forget(_ element: Element) -> Bool? { records.removeValue(forKey: element.serial)?.known }

    /// Takes the next element whose interval is over and of which an event was held. The caller sends it.
    func takeExpired(at now: UInt64) -> (element: Element, event: ElementEvent)? {
        while done < order.count, end(of: order[done].sent) <= now {
            let (serial, sent) = order[done]
            done += 1
            guard let record = records[serial], record.sent == sent else { continue }
            let event: ElementEvent
            switch (record.known, record.isThere) {
            case (true, true): event = .change
            case (true, false): event = .remove
            case (false, true): event = .add
            case (false, false), (nil, _):
                records[serial] = nil
                continue
            }
            note(sent: record.element, isThere: record.isThere, at: now)
            return (record.element, event)
        }
        if done == order.count { pack() }
        return nil
    }

    /// Drops entries that are done or out of date; frees all memory if nothing is left.
    private func pack() {
        guard !records.isEmpty else {
            records = [:]
            order = []
            done = 0
            return
        }
        order = order[done...].filter { records[$0.serial]?.sent == $0.sent }
        done = 0
    }

    // MARK: Windows

    /// Whether a window may be sent; if not, it is held.
    func maySendWindow(at now: UInt64) -> Bool {
        guard let windowSent, now < end(of: windowSent) else { return true }
        isHoldingWindow = true
        return false
    }

    /// Notes that a window is sent.
    func noteWindow(at now: UInt64) {
        windowSent = now
        isHoldingWindow = false
    }

    /// Forgets the window that is held: another one is sent without regard of the interval.
    func dropWindow() { isHoldingWindow = false }

    /// Whether a window was held and its time is over.
    func takeExpiredWindow(at now: UInt64) -> Bool {
        guard isHoldingWindow, let windowSent, end(of: windowSent) <= now else { return false }
        isHoldingWindow = false
        return true
    }
}
