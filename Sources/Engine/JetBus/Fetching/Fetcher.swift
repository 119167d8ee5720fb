import JSONText
import JetProtocol

/// A *fetcher*: one live query of one peer.
///
/// It begins with a snapshot (see `Snapshots`). New elements find the fetcher through the `FetchIndex`.
///
/// The `FetcherTable` retains it until it has ended and no element names it any more.
final class Fetcher {
    /// A number that no other fetcher of this bus has or had.
    let serial: UInt64
    /// Its place in the `FetcherTable`, until no element names it any more.
    var slot = 0
    /// The peer, not retained. Peers outlive their active fetchers: `Bus.disconnect` ends all of them before it releases
    /// the peer. Not read when the fetcher is inactive.
    let peer: Unmanaged<Peer>
    /// The fetch's id, told apart as the protocol does.
    let id: FetchID
    let rule: FetchRule
    /// Where its elements can be.
    var reach: PathRule.Reach { rule.path.reach }
    /// Whether the fetcher depends on values, an order, time or a limit: then there is more to do than to pass events on.
    let isSelective: Bool
    /// Whether every path satisfies its rule.
    let fetchesAllPaths: Bool
    /// Whether its path rule takes long to evaluate, so that each evaluation is charged to its account.
    let isCostly: Bool
    /// Whether it has an `interval` or a `max` and is not sorted; see `DeferredFetches`.
    let isDeferring: Bool
    /// `nil` without `interval`.
    private(set) var pacing: Pacing?
    /// Which elements are in, with `max`; `nil` without it, and if the rule sorts.
    private(set) var limited: LimitedSet?
    /// The order, and what is in it; `nil` if the rule does not sort.
    let window: SortedWindow?
    /// `{"method":<id>`, with which each of its notifications begins.
    let head: RawBuffer
    /// False after its end. Elements may still name it until they are next notified.
    private(set) var isActive = true
    /// Whether it is active and events are just passed on: the one check of the hot path.
    private(set) var isPlain: Bool
    /// The place up to which the snapshot has come; `nil` when it is complete.
    var cursor: Int? = 0
    /// The work of the snapshot so far.
    var snapshotWork = 0
    /// Whether elements that the snapshot comes to may name it already.
    var hasLookedUp = false
    /// In how many elements' `InterestSet` it stands.
    var interestCount = 0
    /// What its peer is charged for its rule.
    let ruleSize: Int
    /// How many bytes it takes for each element that it names or is named by.
    private let interestSize: Int

    init(serial: UInt64, peer: Peer, id: FetchID, rule: FetchRule, ruleSize: Int = 0) {
        self.serial = serial
        self.peer = Unmanaged.passUnretained(peer)
        self.id = id
        self.rule = rule
        window = rule.sort.map { SortedWindow($0, of: rule.path) }
        head = RawBuffer(exactly: Array("{\"method\":".utf8) + id.text)
        pacing = rule.interval.map { Pacing(interval: $0) }
        limited = rule.limit.map { LimitedSet(limit: $0) }
        isDeferring = window == nil && (pacing != nil || limited != nil)
        isSelective = window != nil || isDeferring || !rule.isOnlyAboutPath
        isPlain = !isSelective
        self.ruleSize = ruleSize
        // A slot in a list that grows by doubling; an entry in an order; or one in dictionaries and lists.
        interestSize = 8 + (window != nil ? 32 : 0) + (isDeferring ? 96 : 0)
        isCostly = rule.path.isCostly
        fetchesAllPaths = rule.path.predicates.isEmpty
    }

    /// What its peer is charged for the fetch itself, in bytes. That covers the interests up to the first step.
    static let size = 1024
    /// Interests are charged in steps of this many, so that one of them costs nothing but to count it.
    static let interestStep = 64

    /// What its peer is charged for each step of its interests, in bytes.
    var interestStepSize: Int { interestSize &* Self.interestStep }

    /// What its peer is charged for all its interests, in bytes; `FetcherTable` keeps it.
    var interestBytes = 0
    /// Whether the table counts it no more.
    var hasEnded = false

    /// Ends it.
    func deactivate() {
        isActive = false
        isPlain = false
        pacing = nil
        limited = nil
    }
}

/// The id of a fetch: a string, compared by code points, or a number, compared by its digits.
struct FetchID: Hashable {
    /// As it stands in a message.
    let text: [UInt8]
    private let key: [UInt8]

    /// The id that lies at `range`, if it is a string or a number. The text must have been scanned.
    init?(_ range: ByteRange, in bytes: RawSpan) {
        let text = range.of(bytes).array
        guard let first = text.first else { return nil }
        switch first {
        case UInt8(ascii: "\""):
            // Most ids are their own keys: then both are the same memory.
            guard text.contains(UInt8(ascii: "\\")) else {
                key = text
                break
            }
            let content = JSONStringRange(content: ByteRange(range.start + 1, range.end - 1), hasEscapes: true)
            key = [first] + content.decoded(in: bytes) + [first]
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): key = text
        default: return nil
        }
        self.text = text
    }

    static func == (left: Self, right: Self) -> Bool { left.key == right.key }

    func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension PathRule {
    /// Whether an evaluation may take much longer than a comparison of the path with one text.
    fileprivate var isCostly: Bool {
        predicates.contains { predicate in
            switch predicate {
            case .matchesOneOf, .matchesNoneOf: true
            case .containsOneOf(let texts), .containsAllOf(let texts): texts.count > 16
            default: false
            }
        }
    }
}
