/// *Pacing*: what a fetcher with an `interval` remembers (jet-protocol(7) §7), so that between two notifications about one
/// element there is at least that much time, and the last value wins.
///
/// An element that was quiet for an interval is told of at once. From then on for one interval it has a *record*: what
/// happens to it meanwhile is held, and when the time is over the peer is told what leads from what it knows to what is
/// true. That holds of values: of changes, and of the comings and goings of an element as its value satisfies a rule. The
/// end of an element itself is told at once, and what was held of it is dropped: a peer should not believe for an interval
/// in what is gone, and only so there are never more records than elements.
///
/// Records are ordered by the time at which the peer was last told, so the earliest deadline is always that of the first
/// one, and no element needs a timer.
final class Pacing {
    /// What is to be done about an element of which there is news.
    enum Verdict {
        /// Tell the peer now.
        case send
        /// It is held; `replacing` says whether something else was held, which the peer will never hear of.
        case hold(replacing: Bool)
    }

    /// An element of which the peer was told less than an interval ago.
    private struct Record {
        let element: Element
        /// When the peer was told.
        var told: UInt64
        /// Whether the element satisfies the rule.
        var isThere: Bool
        /// Whether the peer knows of it, if that has to be compared with `isThere` when the time is over; `nil` while
        /// nothing is held.
        var known: Bool?
    }

    /// Its fetcher's place in the bus's agenda, if it stands there.
    var timerPlace: Int?
    /// At least so much time between two notifications, in nanoseconds.
    let interval: UInt64
    /// Records by the serials of their elements.
    private var records: [UInt64: Record] = [:]
    /// The serials in the order in which the peer was told, and when. An entry whose record says another time, or is
    /// gone, counts for nothing.
    private var order: [(serial: UInt64, told: UInt64)] = []
    /// How many entries at the front of `order` are done.
    private var done = 0
    /// When the peer was last told a window of a sorted fetch; `nil` if never.
    private var windowTold: UInt64?
    /// Whether a window is held.
    private(set) var isHoldingWindow = false

    init(interval: UInt64) { self.interval = interval }

    /// How many elements are remembered.
    var count: Int { records.count }

    /// When there is something to be told or to be forgotten; `nil` if never.
    var deadline: UInt64? {
        if isHoldingWindow, let windowTold { return end(of: windowTold) }
        return done < order.count ? end(of: order[done].told) : nil
    }

    private func end(of time: UInt64) -> UInt64 {
        let (sum, isTooLarge) = time.addingReportingOverflow(interval)
        return isTooLarge ? .max : sum
    }

    // MARK: Elements

    /// The peer is being told of an element.
    func note(sent element: Element, isThere: Bool, at now: UInt64) {
        records[element.serial] = Record(element: element, told: now, isThere: isThere, known: nil)
        order.append((element.serial, now))
        if order.count > 2 * records.count + 64 { pack() }
    }

    /// There is news of an element.
    ///
    /// - Parameters:
    ///   - was: Whether it satisfied the rule before.
    ///   - isThere: Whether it does now.
    func note(event element: Element, was: Bool, isThere: Bool, at now: UInt64) -> Verdict {
        guard let record = records[element.serial] else {
            note(sent: element, isThere: isThere, at: now)
            return .send
        }
        if record.known == nil, now >= end(of: record.told) {
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

    /// Takes the next element whose time is over, if something of it was held; the peer is told that now.
    func takeExpired(at now: UInt64) -> (element: Element, event: ElementEvent)? {
        while done < order.count, end(of: order[done].told) <= now {
            let (serial, told) = order[done]
            done += 1
            guard let record = records[serial], record.told == told else { continue }
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

    /// Drops what is done and what counts for nothing; all memory if nothing is left.
    private func pack() {
        guard !records.isEmpty else {
            records = [:]
            order = []
            done = 0
            return
        }
        order = order[done...].filter { records[$0.serial]?.told == $0.told }
        done = 0
    }

    // MARK: Windows

    /// Whether the peer may be told a window; if not, that one is held.
    func maySendWindow(at now: UInt64) -> Bool {
        guard let windowTold, now < end(of: windowTold) else { return true }
        isHoldingWindow = true
        return false
    }

    /// The peer is being told a window.
    func noteWindow(at now: UInt64) {
        windowTold = now
        isHoldingWindow = false
    }

    /// Whether a window was held and its time is over.
    func takeExpiredWindow(at now: UInt64) -> Bool {
        guard isHoldingWindow, let windowTold, end(of: windowTold) <= now else { return false }
        isHoldingWindow = false
        return true
    }
}
