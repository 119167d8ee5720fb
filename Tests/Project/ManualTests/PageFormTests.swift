import Glibc
import TestSupport
import Testing

/// The pages as pages: what those who render them expect, and that they lead to each other.
struct PageFormTests {
    private static let mandoc = "/usr/bin/mandoc"
    private static let man = "/usr/bin/man"

    @Test("each program and each file of configuration has its page")
    func all() {
        let expected = [
            "agent.toml.5", "jet-agent.8", "jet-announce.8", "jet-certificate.8", "jet-javascript.7", "jet-network.8",
            "jet-protocol.7", "jet-remote.7", "jet-tls.8", "jet-update.8", "jet.1", "jetd.8", "jetd.toml.5",
            "tls.toml.5",
        ]
        #expect(ManualPage.names.sorted() == expected)
    }

    @Test("mandoc finds nothing to complain of", .enabled(if: access(mandoc, X_OK) == 0), arguments: ManualPage.names)
    func lint(name: String) async throws {
        let process = try ChildProcess(
            Self.mandoc, ["-T", "lint", "-W", "warning", "\(Repository.root)/packaging/man/\(name)"])
        #expect(try await process.end() == 0)
        #expect(process.text() == "")
    }

    @Test("neither does groff, as Debian calls it", .enabled(if: access(man, X_OK) == 0), arguments: ManualPage.names)
    func warnings(name: String) async throws {
        let process = try ChildProcess(
            Self.man, ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", "\(Repository.root)/packaging/man/\(name)"],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "80"])
        #expect(try await process.end() == 0)
        #expect(process.text(.error) == "")
    }

    @Test("the pages of Jet that it refers to are there, and so are those that units name")
    func references() throws {
        for name in ManualPage.names {
            for line in try ManualPage(name).lines {
                guard let match = line.firstMatch(of: /Xr ((?:jet|agent\.)[\w.-]*) (\d)/) else { continue }
                #expect(ManualPage.names.contains("\(match.1).\(match.2)"), "\(name): \(line)")
            }
        }
        for unit in Repository.paths("systemd/*") {
            for match in try Repository.text(unit).matches(of: /man:((?:jet|agent)[\w.-]*)\((\d)\)/) {
                #expect(ManualPage.names.contains("\(match.1).\(match.2)"), "\(unit): \(match.0)")
            }
        }
    }
}
