import TestSupport
import Testing

/// The version is written in several files; `packaging/README.md` lists them.
@Suite("The version")
struct VersionTests {
    @Test func `Every file that states the version of Jet states the same`() throws {
        let release = try Repository.text("Sources/Wire/JetProtocol/Release.swift")
        let version = try #require(release.firstMatch(of: /static let version = "([^"]+)"/)?.1)
        #expect(try Repository.text("packaging/debian/changelog").hasPrefix("jet (\(version)) "))
        let readme = try Repository.text("README.md")
        for match in readme.matches(of: /jet_([0-9.]+)_/) { #expect(match.1 == version) }
        for document in ["README.md", "Sources/Peer/Jet/Jet.docc/Jet.md"] {
            #expect(try Repository.text(document).contains("from: \"\(version)\""), "\(document)")
        }
        for page in Repository.paths("packaging/man/*") {
            #expect(try Repository.text(page).contains(".Os Jet \(version)\n"), "\(page)")
        }
    }
}
