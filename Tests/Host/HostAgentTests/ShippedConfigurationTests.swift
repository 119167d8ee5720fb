import ConfigurationFile
import AgentCore
import Providers
import TestSupport
import Testing

/// The configuration file as it ships: every key in it, commented out, with its default.
struct ShippedConfigurationTests {
    private static func text() throws -> String { try Repository.text("etc/agent.toml") }

    @Test("as it ships, it changes nothing")
    func defaults() throws {
        let configuration = try AgentConfiguration(parsing: Self.text(), of: HostProviders.all)
        #expect(configuration == AgentConfiguration(of: HostProviders.all))
    }

    @Test("with all its keys taken in, it still changes nothing: each stands there with its default")
    func keys() throws {
        let text = try Self.text().split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // A remark begins with "# ", a key that is commented out with "#key".
            line.first == "#" && line.dropFirst().first?.isLetter == true ? line.dropFirst() : line
        }.joined(separator: "\n")
        #expect(text.contains("\ngroup = "))
        let configuration = try AgentConfiguration(parsing: text, of: HostProviders.all)
        #expect(configuration == AgentConfiguration(of: HostProviders.all))
    }
}
