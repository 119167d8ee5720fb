import JetProtocol
import TestSupport
import Testing

/// The version is written in one source; where else it stands, it is the same.
struct VersionTests {
    @Test("the Debian package has the version of the programs")
    func package() throws {
        let changelog = try Repository.text("packaging/debian/changelog")
        #expect(changelog.hasPrefix("jet (\(Release.version)) "))
    }

    @Test("so have the manual pages", arguments: Repository.paths("packaging/man/*"))
    func pages(path: String) throws {
        #expect(try Repository.text(path).split(separator: "\n").contains(".Os Jet \(Release.version)"))
    }

    @Test(
        "so have the packages that documents name",
        arguments: Repository.paths("*.md") + Repository.paths("packaging/*.md"))
    func documents(path: String) throws {
        for match in try Repository.text(path).matches(of: /jet_(\d+\.\d+\.\d+)_/) {
            #expect(match.1 == Release.version)
        }
    }

    @Test(
        "so has the line that a dependant copies into its Package.swift",
        arguments: ["README.md", "Sources/Peer/Jet/Jet.docc/Jet.md"])
    func dependency(path: String) throws {
        #expect(try Repository.text(path).contains("from: \"\(Release.version)\""))
    }

    @Test("jet-protocol(7) has the version of the protocol")
    func protocolVersion() throws {
        let page = try Repository.text("packaging/man/jet-protocol.7")
        #expect(page.contains("This page specifies version \(Release.protocolVersion) of the protocol"))
        #expect(page.contains("\"protocolVersion\": \"\(Release.protocolVersion)\""))
    }
}
