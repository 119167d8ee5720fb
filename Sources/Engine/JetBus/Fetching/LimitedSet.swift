/// *LimitedSet*: which elements are in a plain fetch with `max`, the older form's bound on how many there may be.
///
/// Whoever satisfies the rule while there is room comes in, and stays in until it satisfies the rule no more or ends.
/// Others wait in line. When one goes out of a full fetch, the one that has waited longest comes in at once, behind the
/// remove; so the peer never knows of more than `max`, and of fewer only if no more satisfy the rule. (lua-jet looked at
/// all elements anew then and took what its table happened to hold first.) A peer that does not keep up may hear of a
/// newcomer before it hears of the remove that made room, as conflation has it; when it has read all, it knows of `max`
/// again.
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
