import JetProtocol
import TestSupport
import Testing

/// jet-protocol(7) against the engine's sources: what a peer can meet on the wire stands on the page.
struct ProtocolPageTests {
    private let page: ManualPage

    init() throws { page = try ManualPage("jet-protocol.7") }

    @Test("each error code of the daemon has an entry")
    func codes() throws {
        let source = try Repository.text("Sources/Wire/JetProtocol/ErrorObject.swift")
        let codes = source.matches(of: /= ErrorCode\(rawValue: (-\d+)\)/).map { String($0.1) }
        let errors = try #require(page.section("ERROR OBJECTS"))
        let described = errors.entries.compactMap { $0.head.firstMatch(of: /^-\d+/).map { String($0.0) } }
        #expect(codes.count == 8)
        #expect(Set(described) == Set(codes))
    }

    @Test("so has what the data of an error says, and each limit")
    func data() throws {
        let source = try Repository.sources("Sources/Wire/JetProtocol") + Repository.sources("Sources/Engine/JetBus")
        let errors = try #require(page.section("ERROR OBJECTS"))
        let heads = errors.entries.map { ManualPage.plain($0.head) }
        for match in source.matches(of: /(?:invalidParams|refusal)\((?:isSet \? "(\w+)" : )?"(\w+)"/) {
            for key in [match.1, match.2].compactMap(\.self) {
                #expect(heads.contains { $0.contains("{\"\(key)\":") }, "\(key)")
            }
        }
        for match in source.matches(of: /limitExceeded\("([\w ]+)"/) {
            #expect(heads.contains { $0.hasPrefix("Li ") && $0.contains(match.1) }, "\(match.1)")
        }
    }

    @Test("each method of the daemon has an entry")
    func methods() throws {
        let source = try Repository.text("Sources/Engine/JetBus/Bus+receive.swift")
        let names = source.matches(of: /case NameWord\.of\("(\w+)"\)|method\.equals\("(\w+)"/)
            .compactMap { $0.1 ?? $0.2 }
        let methods = try #require(page.section("METHODS OF THE DAEMON"))
        let described = methods.entries.compactMap { $0.head.firstMatch(of: /^Li (\w+)/)?.1 }
        #expect(Set(described) == Set(names))
    }

    @Test("each predicate and each statistic is named")
    func words() throws {
        let rules = try #require(page.section("RULES")).text
        let sources = ["PathRule+parse", "ValueRule", "FetchRule", "SortRule"]
            .compactMap { try? Repository.text("Sources/Wire/JetProtocol/\($0).swift") }.joined()
        for match in sources.matches(of: /case "(\w+)"(?: where \w+)?:/) {
            #expect(rules.contains(match.1), "\(match.1)")
        }
        let statistics = try Repository.text("Sources/Engine/JetBus/Bus+statistics.swift")
        let names = statistics.matches(of: /"(\w+)": \.number/).map { $0.1 }
        #expect(names.count > 5)
        for name in names { #expect(page.text.contains("\"\(name)\""), "\(name)") }
    }
}
