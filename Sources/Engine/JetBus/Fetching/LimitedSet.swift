/// Which elements are in a plain fetch with `max`, the older form's bound on how many there may be.
///
/// An element that satisfies the rule while there is room is in, until it no longer satisfies the rule or is removed.
/// Others wait in line. When one leaves a full fetch, the one that has waited longest enters: its add follows the remove.
/// So the peer never has more than `max` elements, and fewer only if no more satisfy the rule. (lua-jet searches all
/// elements again, and takes the first one of its table.) Conflation may bring a slow peer an add before the remove that
/// made room; when it has read everything, it has `max` again.
final class LimitedSet {
    /// How many may be in.
    let limit: Int
    /// How many are in.
    private(set) var inside = 0
    /// Those that wait, in the order in which they came; `nil` where one has gone.
    private var line: [Element?] = []
    /// How many places at the front of the line are empty.
    private var served = 0
    /// The places in the line, by the serials of the elements.
    private var places: [UInt64: Int] = [:]

    init(limit: Int) { self.limit = limit }

    /// Whether an element waits. One that satisfies the rule and does not wait is in.
    func isWaiting(_ element: Element) -> Bool { places[element.serial] != nil }

    /// An element has come to satisfy the rule.
    ///
    /// - Returns: Whether it is in.
    func enter(_ element: Element) -> Bool {
        guard inside >= limit else {
            inside += 1
            return true
        }
        if line.count > 2 * places.count + 64 { pack() }
        places[element.serial] = line.count
        line.append(element)
        return false
    }

    /// An element satisfies the rule no more.
    ///
    /// - Returns: Whether it was in.
    func leave(_ element: Element) -> Bool {
        if let place = places.removeValue(forKey: element.serial) {
            line[place] = nil
            return false
        }
        inside -= 1
        return true
    }

    /// The next one that comes in, if there is room.
    func enterNext() -> Element? {
        guard inside < limit else { return nil }
        while served < line.count {
            let next = line[served]
            line[served] = nil
            served += 1
            guard let next else { continue }
            places[next.serial] = nil
            inside += 1
            return next
        }
        line = []
        served = 0
        return nil
    }

    private func pack() {
        line = line.filter { $0 != nil }
        served = 0
        for (place, element) in line.enumerated() { if let element { places[element.serial] = place } }
    }
}
