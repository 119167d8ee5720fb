import Jet

/// What accounts and peers can be sorted by in `jet top`; the words are those of the response to `peers`.
enum UsageKey: String, CaseIterable, Sendable {
    case work, messages, elements, bytes, fetches, ruleBytes, unread, pendingRequests, conflated, refused, connections

    /// The title of its column.
    var title: String {
        switch self {
        case .work: "work%"
        case .messages: "msg/s"
        case .elements: "elems"
        case .bytes: "bytes"
        case .fetches: "fetches"
        case .ruleBytes: "rules"
        case .unread: "unread"
        case .pendingRequests: "pending"
        case .conflated: "confl/s"
        case .refused: "refus/s"
        case .connections: "conns"
        }
    }

    /// The number of characters of its column.
    var width: Int { max(title.utf8.count, 5) }

    /// Whether it grows, so that its rate is shown.
    var isRate: Bool {
        switch self {
        case .work, .messages, .conflated, .refused: true
        case .elements, .bytes, .fetches, .ruleBytes, .unread, .pendingRequests, .connections: false
        }
    }

    /// Whether it is a number of bytes.
    var isBytes: Bool { self == .bytes || self == .ruleBytes || self == .unread }

    /// The columns that fit onto every terminal.
    static let short: [UsageKey] = [.work, .messages, .elements, .bytes, .fetches, .unread, .refused]

    /// The columns to show.
    ///
    /// - Parameters:
    ///   - width: The columns of the screen; `nil` if nothing is cut.
    ///   - sortKey: The one that is sorted by, which is always shown.
    static func shown(width: Int?, sortKey: UsageKey) -> [UsageKey] {
        guard let width, width < 120 else { return allCases }
        return short.contains(sortKey) ? short : [sortKey] + short
    }

    /// The number in what a peer or an account uses; those that both have.
    func value(in usage: DaemonPeers.Usage) -> Int {
        switch self {
        case .work: usage.work
        case .messages: usage.messages
        case .elements: usage.elements
        case .bytes: usage.bytes
        case .fetches: usage.fetches
        case .ruleBytes: usage.ruleBytes
        case .unread: usage.unread
        case .pendingRequests: usage.pendingRequests
        case .refused: usage.refused
        case .conflated, .connections: 0
        }
    }
}
