import JetDaemon
import JetProtocol
import TestSupport
import Testing

@testable import JetdCommand

/// The daemon's configuration file as it ships: every key in it, commented out, with its default; but for two grants and the paths
/// of the agent.
@Suite("jetd.toml as it ships")
struct ShippedDaemonSettingsTests {
    private static let path = "\(Repository.root)/etc/jetd.toml"

    /// The defaults, and who may change the machine.
    private static var expected: DaemonSettings {
        var settings = DaemonSettings()
        settings.grants = [
            Grant(to: .group("jet-operator"), ["operator"], mayBeMissing: true),
            Grant(to: .user("root"), ["operator"], mayBeMissing: true),
        ]
        settings.paths = [
            "agent/", "cpu/", "devices/", "led/", "network/", "power/", "sensors/", "services/", "settings/",
            "storage/",
            "system/", "thermal/",
        ].map { PathOwnership(prefix: $0, owners: [.user("jet-agent")]) }
        return settings
    }

    private func settings(_ text: String) throws -> DaemonSettings {
        var settings = try DaemonSettings(parsing: text)
        settings.grants.sort { "\($0.holder)" < "\($1.holder)" }
        settings.paths.sort { $0.prefix < $1.prefix }
        return settings
    }

    @Test("as it ships, it lets root and the group jet-operator change the machine, and nothing else")
    func defaults() throws {
        #expect(try settings(contents(of: Self.path)) == Self.expected)
    }

    @Test("every path that jet-agent(8) lists belongs to the agent")
    func agentPaths() throws {
        let page = try contents(of: "\(Repository.root)/packaging/man/jet-agent.8")
        let paths = page.split(separator: "\n").filter { $0.hasPrefix(".It Pa ") && !$0.hasPrefix(".It Pa /") }
            .flatMap { $0.dropFirst(7).split(separator: " ") }.filter { $0.contains("/") && !$0.hasPrefix("/") }
        #expect(paths.count > 40)
        for path in paths {
            let isOwned = Self.expected.paths.contains { path.hasPrefix($0.prefix) }
            #expect(isOwned, "\(path)")
        }
    }

    @Test("with all its keys taken in, it says the same: each stands there with its default")
    func keys() throws {
        let text = try contents(of: Self.path).split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // A remark begins with "# ", a key that is commented out with "#key".
            line.first == "#" && line.dropFirst().first?.isLetter == true ? line.dropFirst() : line
        }.joined(separator: "\n")
        #expect(text.contains("\nname = "))
        #expect(try settings(text) == Self.expected)
    }

    @Test("no key is missing in it")
    func complete() throws {
        let text = try contents(of: Self.path)
        for key in [
            "name", "log-level", "message-limit", "unix", "tcp-port", "web-port", "allow-origins", "ping-interval",
            "page", "folder", "javascript", "api", "enabled", "allow", "equals", "starts-with", "ends-with", "contains",
            "file",
            "gateways", "anonymous", "allow-plaintext", "timeout", "outbox", "pending-requests", "pending-bytes",
            "waiting-passwords",
            "get-elements", "parse-errors", "silence", "elements", "bytes", "fetches", "rule-bytes", "unread-bytes",
            "connections",
        ] {
            #expect(text.contains("\n#\(key) = ") || text.contains("\n# \(key) = "), "\(key)")
        }
    }
}
