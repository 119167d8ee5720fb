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

    @Test("each provider has a section with a key for each of its settings", arguments: HostProviders.all)
    func sections(provider: ProviderKind) throws {
        var section = ""
        var keys: Set<Substring> = []
        for line in try Self.text().split(separator: "\n") {
            if let heading = line.wholeMatch(of: /\[(.+)\]/) {
                section = String(heading.1)
                // A table in the section is one setting.
                if section.hasPrefix(provider.name + ".") { keys.insert(heading.1) }
            } else if section == provider.name, let key = line.wholeMatch(of: /#? ?([a-z-]+) = .+/) {
                keys.insert(key.1)
            }
        }
        #expect(keys.count == Mirror(reflecting: provider.defaults).children.count, "[\(provider.name)]")
    }

    @Test("each provider stands in jet-agent(8)", arguments: HostProviders.names)
    func page(provider: String) throws {
        let page = try Repository.text("packaging/man/jet-agent.8")
        let option = page.split(separator: ".It Fl -disable").dropFirst().first?.split(separator: ".It ").first ?? ""
        #expect(option.split { $0.isWhitespace || $0 == "," }.contains { $0 == provider }, "--disable \(provider)")
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
