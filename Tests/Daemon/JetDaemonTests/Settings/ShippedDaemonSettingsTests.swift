import JetDaemon
import JetProtocol
import TestSupport
import Testing

@testable import JetdCommand

/// The daemon's configuration file as it ships: every key in it, commented out, with its default; but for two grants.
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
        return settings
    }

    private func settings(_ text: String) throws -> DaemonSettings {
        var settings = try DaemonSettings(parsing: text)
        settings.grants.sort { "\($0.holder)" < "\($1.holder)" }
        return settings
    }

    @Test("as it ships, it lets root and the group jet-operator change the machine, and nothing else")
    func defaults() throws {
        #expect(try settings(contents(of: Self.path)) == Self.expected)
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
            "file",
            "allow-plaintext", "timeout", "outbox", "pending-requests", "pending-bytes", "waiting-passwords",
            "get-elements", "parse-errors",
        ] {
            #expect(text.contains("\n#\(key) = ") || text.contains("\n# \(key) = "), "\(key)")
        }
    }
}
