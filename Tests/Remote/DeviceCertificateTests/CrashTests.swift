import Files
import Glibc
import TestSupport
import Testing

@testable import DeviceCertificate

@Suite("An interrupted change of the certificate", .timeLimit(.minutes(2)))
struct CrashTests {
    @Test(arguments: Commit.Step.allCases)
    func `A first certificate whose making was interrupted is completed`(step: Commit.Step) throws {
        let fixture = try Fixture()
        #expect(throws: CertificateError.self) {
            try fixture.stopping(at: step).ensure(names: Fixture.names, at: Fixture.now)
        }
        let change = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now)
        // Before the decision nothing was made; from then on it stays as it was decided.
        #expect(change.kind == (step == .written ? .created : .kept))
        try expectWhole(fixture)
    }

    @Test(arguments: Commit.Step.allCases)
    func `A new CA is there entirely or not at all`(step: Commit.Step) throws {
        let fixture = try Fixture()
        let first = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now).info
        #expect(throws: CertificateError.self) {
            try fixture.stopping(at: step).rotate(names: Fixture.names, at: Fixture.now)
        }
        let change = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now)
        #expect(change.kind == .kept)
        #expect((change.info.fingerprint == first.fingerprint) == (step == .written))
        try expectWhole(fixture)
    }

    @Test(arguments: Commit.Name.allCases.map(\.rawValue))
    func `A file that is missing or damaged is made again`(name: String) throws {
        for contents: [UInt8]? in [nil, Array("nonsense".utf8)] {
            let fixture = try Fixture()
            let first = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now).info
            if let contents {
                try File.replace(fixture.path(name), with: contents, mode: 0o600)
            } else {
                File.remove(fixture.path(name))
            }
            let change = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now)
            #expect(change.isChange)
            // Only the key of the CA is the identity.
            #expect((change.info.fingerprint == first.fingerprint) == (name != "ca.key"))
            try expectWhole(fixture)
        }
    }

    @Test func `Without any file of the CA there is a new identity`() throws {
        let fixture = try Fixture()
        let first = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now).info
        File.remove(fixture.path("ca.key"))
        File.remove(fixture.path("ca.pem"))
        let change = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now)
        #expect(change.kind == .identityChanged)
        #expect(change.info.fingerprint != first.fingerprint)
        try expectWhole(fixture)
    }

    @Test func `Keys of two certificates that were mixed up are noticed`() throws {
        let fixture = try Fixture()
        _ = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now)
        try File.replace(fixture.path("certificate.key"), with: try fixture.bytes("ca.key"), mode: 0o600)
        #expect(try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now).kind == .renewed(.damage))
        try expectWhole(fixture)
    }

    @Test func `Two processes at once make one certificate`() async throws {
        let fixture = try Fixture()
        let kinds = try await withThrowingTaskGroup(of: DeviceCertificate.Kind.self) { group in
            for _ in 0..<4 {
                group.addTask { try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now).kind }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(kinds.filter { $0 == .created }.count == 1)
        #expect(kinds.filter { $0 == .kept }.count == 3)
        try expectWhole(fixture)
    }

    /// Everything fits together, and nothing is left over.
    private func expectWhole(_ fixture: Fixture) throws {
        let chain = try PEMFile(contentsOf: fixture.path("certificate.pem"))
        let authority = try PEMFile(contentsOf: fixture.path("ca.pem"))
        #expect(chain.certificates.count == 2 && chain.last == authority.first)
        #expect(chain.fits(key: try fixture.bytes("certificate.key")))
        #expect(authority.isAuthority(ofKey: try fixture.bytes("ca.key")))
        let names = Set(File.names(in: FilePath(fixture.folder.path)).map(\.text))
        #expect(names == ["ca.key", "ca.pem", "certificate.key", "certificate.pem", ".lock"])
    }
}
