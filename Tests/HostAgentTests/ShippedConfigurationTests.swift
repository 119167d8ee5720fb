import ConfigurationFile
import Glibc
import HostAgent
import Testing

/// The configuration file as it ships: every key in it, commented out, with its default.
struct ShippedConfigurationTests {
    private static let path = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/etc/agent.toml"

    private static func text() throws -> String {
        let file = try #require(fopen(path, "re"), "\(path)")
        defer { fclose(file) }
        return Fixture.readAll(file)
    }

    @Test("as it ships, it changes nothing")
    func defaults() throws {
        let configuration = try AgentConfiguration(parsing: Self.text())
        #expect(configuration == AgentConfiguration())
    }

    @Test("with all its keys taken in, it still changes nothing: each stands there with its default")
    func keys() throws {
        let text = try Self.text().split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // A remark begins with "# ", a key that is commented out with "#key".
            line.first == "#" && line.dropFirst().first?.isLetter == true ? line.dropFirst() : line
        }.joined(separator: "\n")
        #expect(text.contains("\ngroup = "))
        let configuration = try AgentConfiguration(parsing: text)
        #expect(configuration == AgentConfiguration())
    }
}
