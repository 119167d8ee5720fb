import ConfigurationFile
import Glibc
import Jet
import Testing
import TestSupport

@testable import AgentCore

/// What the admin may say about a daemon on another machine.
struct DaemonSectionTests {
    private static let pin = "SHA256:Ib5H0xPnKuAzyOWHQ0mJcOcuUV/SdYkzcBnZKXNRVrE"

    private func section(_ text: String) throws -> DaemonSection {
        try AgentConfiguration(parsing: "[daemon]\n" + text, of: []).daemon
    }

    private func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
    }

    @Test("each key is applied to the peer")
    func keys() throws {
        let section = try section(
            """
            connect = "jets://gateway.local"
            fingerprints = ["\(Self.pin)"]
            key-file = "/a/key"
            certificate-file = "/a/crt"
            """)
        #expect(section.endpoint == .tls(host: "gateway.local", port: 11124))
        var configuration = Peer.Configuration()
        try section.apply(to: &configuration)
        #expect(configuration.security.trust == .fingerprints([try #require(Fingerprint(parsing: Self.pin))]))
        #expect(configuration.security.key == Peer.ClientKey(certificateFile: "/a/crt", keyFile: "/a/key"))
        #expect(configuration.credentials == nil)
        let other = try self.section("connect = \"wss://a\"\nca-file = \"/a/ca\"")
        #expect(other.security.trust == .authorities(file: "/a/ca"))
    }

    @Test("the password is the first line of its file, and an unreadable file is an error")
    func password() throws {
        let folder = try TemporaryFolder()
        let text = "connect = \"jets://a\"\nuser = \"agent\"\npassword-file = \"\(folder.path)/password\""
        var configuration = Peer.Configuration()
        #expect(throws: ConfigurationError.self) { try section(text).apply(to: &configuration) }
        try write("", to: folder.path + "/password")
        #expect(throws: ConfigurationError.self) { try section(text).apply(to: &configuration) }
        try write("secret\nmore\n", to: folder.path + "/password")
        try section(text).apply(to: &configuration)
        #expect(configuration.credentials == Peer.Credentials(user: "agent", password: "secret"))
    }

    @Test("without the section, it is the daemon of this machine")
    func defaults() throws {
        #expect(try section("") == DaemonSection())
        #expect(DaemonSection().endpoint == nil)
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            "connect = \"gateway\"", "connect = 1", "host = \"a\"", "fingerprints = [\"x\"]",
            "fingerprints = [\"\(pin)\"]", "connect = \"tcp://a\"\nfingerprints = [\"\(pin)\"]", "ca-file = \"/a\"",
            "connect = \"jets://a\"\nca-file = \"a\"",
            "connect = \"jets://a\"\nca-file = \"/a\"\nfingerprints = [\"\(pin)\"]",
            "connect = \"jets://a\"\nkey-file = \"/a\"", "connect = \"jets://a\"\ncertificate-file = \"/a\"",
            "key-file = \"/a\"\ncertificate-file = \"/b\"", "user = \"a\"", "password-file = \"/a\"",
            "connect = \"jets://a\"\nkey-file = \"/a\"\ncertificate-file = \"/b\"\nuser = \"a\"\npassword-file = \"/a\"",
        ])
    func refused(text: String) {
        #expect(throws: ConfigurationError.self) { try section(text) }
    }
}
