import JetProtocol
import TestSupport
import Testing

/// The version is written in one source, `Release.swift`. Nothing else needs a change when it does.
struct VersionTests {
    @Test("packaging/version prints it, and the changelog of the Debian package begins with it")
    func package() async throws {
        let process = try ChildProcess(
            "\(Repository.root)/packaging/version", ["--check"], environment: ["PATH": "/usr/bin:/bin"])
        #expect(try await process.end() == 0)
        #expect(process.text() == "\(Release.version)\n", "\(process.text(.error))")
    }

    @Test("manual pages get it when they are installed", arguments: Repository.paths("packaging/man/*"))
    func pages(path: String) throws {
        #expect(try Repository.text(path).split(separator: "\n").contains(".Os Jet"))
        #expect(
            try Repository.text("packaging/debian/rules").contains(
                #"sed -i 's/^\.Os Jet$$/& $(shell packaging/version)/'"#))
    }

    @Test(
        "documents name packages without it",
        arguments: Repository.paths("*.md") + Repository.paths("packaging/*.md"))
    func documents(path: String) throws {
        #expect(try Repository.text(path).firstMatch(of: /jet_\d/) == nil)
    }

    @Test(
        "a dependant copies a line into its Package.swift that asks for at most this version",
        arguments: ["README.md", "Sources/Peer/Jet/Jet.docc/Jet.md"])
    func dependency(path: String) throws {
        let match = try #require(try Repository.text(path).firstMatch(of: /from: "([\d.]+)"/))
        #expect(!numbers(Release.version).lexicographicallyPrecedes(numbers(match.1)))
    }

    private func numbers(_ version: some StringProtocol) -> [Int] {
        version.split(separator: ".").compactMap { Int($0) }
    }

    @Test("jet-protocol(7) has the version of the protocol")
    func protocolVersion() throws {
        let page = try Repository.text("packaging/man/jet-protocol.7")
        #expect(page.contains("This page specifies version \(Release.protocolVersion) of the protocol"))
        #expect(page.contains("\"protocolVersion\": \"\(Release.protocolVersion)\""))
    }
}
