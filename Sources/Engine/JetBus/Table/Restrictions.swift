import JetProtocol

/// The elements with one list of groups that may fetch them: how many there are, and whose.
final class Restriction {
    /// The list; `nil` for all lists that were not told apart any more.
    let groups: [String]?
    fileprivate(set) var count = 0
    /// How many of them each peer owns.
    fileprivate var owned: [UnsafeMutableRawPointer: Int] = [:]

    fileprivate init(_ groups: [String]?) { self.groups = groups }
}

/// How many elements not all peers may fetch, by the list of groups that may, so that `info` can tell each peer how many
/// elements exist for it without a walk over all of them.
///
/// Lists beyond a limit are not told apart; their elements are counted for their owners only. So a peer that invents lists
/// does not make `info` slow.
final class Restrictions {
    private var restrictions: [[String]: Restriction] = [:]
    private let others = Restriction(nil)
    private static var mostLists: Int { 256 }

    init() {}

    /// Counts an element that is added.
    func add(_ details: Element.Details, ownedBy owner: Unmanaged<Peer>) {
        guard let groups = details.access?.fetchGroups else { return }
        let restriction: Restriction
        if let known = restrictions[groups] {
            restriction = known
        } else if restrictions.count < Self.mostLists {
            restriction = Restriction(groups)
            restrictions[groups] = restriction
        } else {
            restriction = others
        }
        details.restriction = restriction
        restriction.count += 1
        restriction.owned[owner.toOpaque(), default: 0] += 1
    }

    /// Counts an element no more.
    func remove(_ details: Element.Details, ownedBy owner: Unmanaged<Peer>) {
        guard let restriction = details.restriction else { return }
        details.restriction = nil
        restriction.count -= 1
        if let count = restriction.owned[owner.toOpaque()] {
            restriction.owned[owner.toOpaque()] = count > 1 ? count - 1 : nil
        }
        if restriction.count == 0, let groups = restriction.groups { restrictions[groups] = nil }
    }

    /// How many elements a peer neither may fetch nor owns.
    func countHidden(from peer: Peer) -> Int {
        let key = Unmanaged.passUnretained(peer).toOpaque()
        var hidden = others.count - (others.owned[key] ?? 0)
        for (groups, restriction) in restrictions where !Groups.admits(groups, peer.groups.fetch) {
            hidden += restriction.count - (restriction.owned[key] ?? 0)
        }
        return hidden
    }
}
