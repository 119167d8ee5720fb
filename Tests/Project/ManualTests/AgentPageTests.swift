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

    @Test("the page says all that the polkit rules and the udev rule let a taken-over agent do")
    func rights() throws {
        let section = try #require(try ManualPage("jet-agent.8").section("SECURITY CONSIDERATIONS"))
        let words = Set(section.lines.flatMap { $0.split { " ,".contains($0) } })
        func names(_ text: Substring) -> Bool { words.contains(text) }
        // jet-announce has a rule of its own.
        for file in Repository.paths("packaging/polkit/*.rules") where !file.hasSuffix("jet-announce.rules") {
            let text = try Repository.text(file)
            for unit in text.matches(of: /"([a-z-]+\.service)"/) { #expect(names(unit.1), "\(unit.1)") }
            for action in text.matches(of: /"(org\.freedesktop\.[a-z0-9]+\.)([a-z-]+)"/)
            where action.2 != "manage-units" {
                #expect(names(action.1 + action.2) || names(action.2), "\(action.0)")
            }
        }
        let rule = try Repository.text("packaging/udev/60-jet-leds.rules")
        for file in try #require(rule.firstMatch(of: /for file in ([a-z_ ]+);/)).1.split(separator: " ") {
            #expect(names(file), "\(file)")
        }
        // What the page says of the sandbox is so in the unit.
        let unit = try Repository.text("systemd/jet-agent.service").split(separator: "\n")
        for line in [
            "User=jet-agent", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict",
            "ProtectHome=read-only", "PrivateTmp=yes", "PrivateDevices=yes", "ReadWritePaths=-/sys/devices",
            "ProtectProc=invisible", "RestrictAddressFamilies=AF_UNIX AF_NETLINK", "IPAddressDeny=any",
            "RestrictNamespaces=yes", "ProtectKernelModules=yes", "RuntimeDirectory=jet-agent", "MemoryMax=256M",
            "TasksMax=512", "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources",
        ] { #expect(unit.contains { $0 == line }, "\(line)") }
        #expect(!unit.contains { $0.hasPrefix("AmbientCapabilities=") || $0.hasPrefix("SupplementaryGroups=") })
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
