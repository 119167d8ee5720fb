import JetProtocol

/// A walk over the elements whose paths satisfy a rule, which can be interrupted and continued in a later turn: in the
/// order in which they were added or, for a rule of exact paths, in the order of the paths.
///
/// An element that is there all the time is met once. One that is added meanwhile is met, except by a walk over exact
/// paths that has passed its path.
struct ElementWalk {
    private let rule: PathRule
    /// The paths that are looked up, if only these can match.
    private let paths: [[UInt8]]?
    /// The next place of the table, or the next of `paths`.
    private var next = 0
    /// The work of a look at an element, and of looking up a path.
    private static let look = 15
    private static let find = 60

    init(_ rule: PathRule) {
        self.rule = rule
        if case .exactly(let paths) = rule.reach { self.paths = paths } else { paths = nil }
    }

    /// Continues until the end or until the slice is exhausted.
    ///
    /// - Parameter body: Is called with each element that satisfies the rule and that the peer may see. It adds its own
    ///   work to the meter, and returns false to end the walk.
    /// - Returns: Whether the walk has ended.
    mutating func proceed(
        over elements: ElementTable, for peer: Peer, _ slice: inout Slice,
        _ body: (Element, inout Slice) throws(ErrorObject) -> Bool
    ) throws(ErrorObject) -> Bool {
        if let paths {
            while next < paths.count {
                guard !slice.isExhausted else { return false }
                slice.add(Self.find)
                let element = paths[next].withUnsafeBytes { elements.find($0)?.takeUnretainedValue() }
                next += 1
                guard let element, rule.matches(element.path.bytes, &slice.meter), element.isVisible(to: peer) else {
                    continue
                }
                guard try body(element, &slice) else { return true }
            }
            return true
        }
        let end = elements.end
        while next < end {
            guard !slice.isExhausted else { return false }
            slice.add(Self.look)
            let element = elements[next]
            next += 1
            guard let element, rule.matches(element.path.bytes, &slice.meter), element.isVisible(to: peer) else {
                continue
            }
            guard try body(element, &slice) else { return true }
        }
        return true
    }

    /// The table of elements was packed.
    mutating func relocate(_ move: ElementTable.Move) {
        if paths == nil { next = move.place(of: next) }
    }
}
