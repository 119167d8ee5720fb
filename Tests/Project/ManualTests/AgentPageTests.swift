import TestSupport
import Testing

/// jet-agent(8) against what the agent publishes of the boards among its tests' fixtures.
struct AgentPageTests {
    @Test("each path that a board has is described on the page")
    func paths() throws {
        let families = try #require(try ManualPage("jet-agent.8").section("STATES AND METHODS")).entries
            .flatMap { Self.paths(in: $0.head) }
        for fixture in Repository.paths("Tests/Host/HostAgentTests/Fixtures/*.jsonl") {
            for line in try Repository.text(fixture).split(separator: "\n") {
                let path = try #require(line.firstMatch(of: /"path":"([^"]+)"/)).1
                #expect(families.contains { Self.matches(path, $0) }, "\(path)")
            }
        }
    }

    /// The paths of an entry: `Pa sensors/ Ns Ar chip Ns Pa /alarms` is `sensors/*/alarms`.
    private static func paths(in head: String) -> [String] {
        var paths: [String] = []
        var isArgument = false
        var isJoined = false
        for word in head.split(separator: " ") {
            switch word {
            case "Pa": isArgument = false
            case "Ar": isArgument = true
            case "Ns": isJoined = true
            case ",": isJoined = false
            default:
                let text = isArgument ? "*" : String(word)
                if isJoined, let last = paths.popLast() { paths.append(last + text) } else { paths.append(text) }
                isJoined = false
            }
        }
        return paths
    }

    /// Whether a path is one of a family: `*` stands for one word of it.
    private static func matches(_ path: Substring, _ family: String) -> Bool {
        let (words, pattern) = (path.split(separator: "/"), family.split(separator: "/"))
        return words.count == pattern.count && zip(words, pattern).allSatisfy { $1 == "*" || $0 == $1 }
    }
}
