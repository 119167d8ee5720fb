import JetProtocol
import TestSupport
import Testing

/// jet-protocol(7) against the sources: the page has what a peer can meet on the wire.
struct ProtocolPageTests {
    private let page: ManualPage

    init() throws { page = try ManualPage("jet-protocol.7") }

    /// The sources that put something on the wire.
    private static func sources() throws -> String {
        try ["Sources/Wire/JetProtocol", "Sources/Engine/JetBus", "Sources/Daemon/JetDaemon"]
            .map(Repository.sources).joined()
    }

    /// What the entries of a section are about, without escapes.
    private func heads(_ section: String) throws -> [String] {
        try #require(page.section(section)).entries.map { ManualPage.plain($0.head) }
    }

    // MARK: Errors

    @Test("each error code has an entry with its message")
    func codes() throws {
        let source = try Repository.text("Sources/Wire/JetProtocol/ErrorObject.swift")
        let heads = try heads("5.1 Codes")
        let codes = source.matches(of: /static let (\w+) = ErrorCode\(rawValue: (-\d+)\)/)
        #expect(codes.count == 8)
        for code in codes {
            let messages = source.matches(of: /code: \.(\w+), message: "([^"]+)"/).filter { $0.1 == code.1 }.map(\.2)
            #expect(!messages.isEmpty, "\(code.1)")
            for message in Set(messages) { #expect(heads.contains("\(code.2) \(message)")) }
        }
        #expect(heads.count { $0.hasPrefix("-32") } == codes.count)
    }

    @Test("each key of the data of an error is documented, and nothing else")
    func data() throws {
        let described = try heads("5 ERRORS").flatMap { head in
            head.matches(of: /\{"(\w+)":/).map { String($0.1) }
        }
        // "at" is inside "badRule"; "limit" is with its code.
        let keys = Set(ErrorKey.allCases.map(\.rawValue)).subtracting(["limit"])
        #expect(Set(described).subtracting(["at"]) == keys)
    }

    @Test("each limit has an entry with its default")
    func limits() throws {
        let heads = try heads("5.3 Limits")
        for limit in LimitName.allCases where limit != .waitingRequests {
            let number: Int? =
                switch limit {
                case .messageSize: ProtocolLimits.messageSize
                case .outbox: ProtocolLimits.outboxCeiling * ProtocolLimits.outbox
                case .outboxOfOwner: ProtocolLimits.ownerOutbox * ProtocolLimits.outbox
                case .pendingRequests: ProtocolLimits.pendingRequests
                case .pendingBytes: ProtocolLimits.pendingBytes
                case .authentications: ProtocolLimits.authentications
                case .walk: ProtocolLimits.walk
                case .elements, .bytes, .fetches, .ruleBytes, .connections, .unreadBytes: nil
                case .work: ProtocolLimits.work
                case .pairingOffers: ProtocolLimits.pairingOffers
                case .waitingRequests: 0
                }
            let head = "Li \(limit.rawValue) " + (number.map { "No \($0) " } ?? "")
            #expect(heads.contains { "\($0) ".hasPrefix(head) }, "\(limit)")
        }
        let text = page.text
        #expect(text.contains(LimitName.waitingRequests.rawValue))
        for number in [
            ProtocolLimits.tcpPort, ProtocolLimits.webSocketPort, ProtocolLimits.depth, ProtocolLimits.parseErrors,
            ProtocolLimits.longestTimeout, ProtocolLimits.searches, ProtocolLimits.patternSteps,
            ProtocolLimits.patternLength, ProtocolLimits.ruleOperands, ProtocolLimits.valueOperands,
            ProtocolLimits.ruleFields,
            ProtocolLimits.ruleSize, ProtocolLimits.window, ProtocolLimits.branches,
            ProtocolLimits.nameLength, ProtocolLimits.parseErrorText, ProtocolLimits.outbox,
            ProtocolLimits.longestInterval, ProtocolLimits.remotePort, ProtocolLimits.offerSeconds,
            ProtocolLimits.offerRange.lowerBound, ProtocolLimits.offerRange.upperBound, ProtocolLimits.offerGroups,
            ProtocolLimits.wrongCodes,
        ] { #expect(text.contains("\(number)"), "\(number)") }
    }

    // MARK: Methods

    @Test("each method of the daemon has an entry with its params")
    func methods() throws {
        let heads = try heads("2 MESSAGES")
        for method in MethodName.daemon {
            #expect(
                heads.contains { $0 == "Li \(method.rawValue)" || $0.hasPrefix("Li \(method.rawValue) Brq ") },
                "\(method.rawValue)")
        }
        // What the bus dispatches is in the vocabulary, and what is documented too.
        let dispatched = try Self.sources().matches(of: /NameWord\.of\("(\w+)"\): |method\.equals\("(\w+)"/)
            .compactMap { $0.1 ?? $0.2 }
        let documented = heads.filter { $0.contains("Brq") }.map { $0.dropFirst(3).prefix { $0 != " " } }
        for name in dispatched + documented {
            #expect(MethodName.daemon.contains(MethodName(rawValue: String(name))), "\(name)")
        }
    }

    @Test("each predicate and each part of a rule is named")
    func predicates() throws {
        let rules = try #require(page.section("4 THE RULE OF A FETCH")).text
        let sources = try ["PathRule+parse", "ValueRule", "FetchRule", "FetchRule+older", "SortRule"]
            .map { try Repository.text("Sources/Wire/JetProtocol/\($0).swift") }.joined()
        let words =
            sources.matches(of: /case "(\w+)"(?: where \w+)?:/).map(\.1)
            + sources.matches(of: /optional\("(\w+)"\)/).map(\.1).filter { $0 != "interval" }
        #expect(words.count > 25)
        for word in words { #expect(rules.contains(word), "\(word)") }
    }

    @Test("each statistic is named")
    func statistics() throws {
        let info = try #require(page.section("7.6 Features and statistics")).text
        let names = try Self.sources().matches(of: /"(\w+)": \.number\(\w+\)/).map(\.1)
        #expect(names.count > 5)
        for name in names where !["max", "used"].contains(name) { #expect(info.contains("\"\(name)\""), "\(name)") }
    }
}
