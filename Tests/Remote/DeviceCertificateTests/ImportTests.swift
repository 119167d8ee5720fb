import Files
import Glibc
import TestSupport
import Testing

@testable import DeviceCertificate
@testable import JetCertificateCommand
import Moments

@Suite("An imported certificate", .timeLimit(.minutes(2)))
struct ImportTests {
    @Test func `It replaces the own one, stays as it is, and is dropped by a reset`() async throws {
        let fixture = try Fixture()
        let own = try fixture.certificate.ensure(names: Fixture.names).info
        let foreign = try await fixture.makeForeign()
        let change = try fixture.certificate.importFiles(certificate: foreign.certificate, key: foreign.key)
        #expect(change.kind == .imported)
        #expect(change.info.origin == .imported)
        #expect(change.info.authorityFile == nil)
        #expect(change.info.fingerprint == (try PEMFile(contentsOf: foreign.certificate).first.fingerprint()))
        // Neither a new name nor the end of its time is a reason to replace what an administrator has chosen.
        let later = Moment.now.advanced(seconds: 100 * Fixture.day)
        #expect(try fixture.certificate.ensure(names: Fixture.names, at: later).kind == .kept)
        #expect(throws: CertificateError.self) { try fixture.certificate.renew(names: Fixture.names) }
        #expect(throws: CertificateError.self) { try fixture.certificate.rotate(names: Fixture.names) }
        let reset = try fixture.certificate.reset(names: Fixture.names)
        #expect(reset.info.origin == .own)
        #expect(reset.info.fingerprint == own.fingerprint)
    }

    @Test func `Only certificates become readable for everyone, also of a file that has the key, too`() async throws {
        let fixture = try Fixture()
        let foreign = try await fixture.makeForeign()
        let both = try File.contents(foreign.certificate, limit: 1 << 20) + File.contents(foreign.key, limit: 1 << 20)
        try File.replace(fixture.path("both"), with: both, mode: 0o600)
        _ = try fixture.certificate.importFiles(certificate: fixture.path("both"), key: fixture.path("both"))
        #expect(!String(decoding: try fixture.bytes("certificate.pem"), as: UTF8.self).contains("PRIVATE"))
        #expect(try fixture.mode("certificate.key") == 0o600)
    }

    @Test func `A key of another certificate is refused`() async throws {
        let fixture = try Fixture()
        let foreign = try await fixture.makeForeign()
        let error = #expect(throws: CertificateError.self) {
            try fixture.certificate.importFiles(certificate: foreign.certificate, key: fixture.path("foreign-ca-key"))
        }
        #expect(error?.reason == .otherKey)
        #expect(!File.exists(fixture.path("certificate.pem")))
    }

    @Test func `Certificates in the wrong order are refused`() async throws {
        let fixture = try Fixture()
        let foreign = try await fixture.makeForeign()
        _ = try fixture.certificate.ensure(names: Fixture.names)
        let leaf = try fixture.bytes("foreign-leaf")
        try File.replace(fixture.path("wrong"), with: leaf + fixture.bytes("ca.pem"), mode: 0o644)
        let error = #expect(throws: CertificateError.self) {
            try fixture.certificate.importFiles(certificate: fixture.path("wrong"), key: foreign.key)
        }
        #expect(error?.reason == .wrongOrder)
        #expect(try fixture.certificate.info().origin == .own)
    }

    @Test func `A certificate that has expired or is not valid yet is refused`() async throws {
        let fixture = try Fixture()
        let foreign = try await fixture.makeForeign()
        for (days, reason) in [(91, CertificateError.Reason.expired), (-1, .notYetValid)] {
            let now = Moment(microseconds: UInt64(Int(Moment.now.microseconds) + days * Fixture.day * 1_000_000))
            let error = #expect(throws: CertificateError.self) {
                try fixture.certificate.importFiles(certificate: foreign.certificate, key: foreign.key, at: now)
            }
            #expect(error?.reason == reason)
        }
    }

    @Test func `A key with a passphrase, and files that are something else, are refused in words`() async throws {
        let fixture = try Fixture()
        let foreign = try await fixture.makeForeign()
        _ = try await fixture.openssl(
            "pkey", "-in", foreign.key, "-aes256", "-passout", "pass:secret", "-out", fixture.path("locked"))
        let locked = #expect(throws: CertificateError.self) {
            try fixture.certificate.importFiles(certificate: foreign.certificate, key: fixture.path("locked"))
        }
        #expect(locked?.description.contains("passphrase") == true)
        let swapped = #expect(throws: CertificateError.self) {
            try fixture.certificate.importFiles(certificate: foreign.key, key: foreign.certificate)
        }
        #expect(swapped?.description.contains("BEGIN CERTIFICATE") == true)
        let missing = #expect(throws: CertificateError.self) {
            try fixture.certificate.importFiles(certificate: fixture.path("none"), key: foreign.key)
        }
        #expect(missing?.reason == .inaccessible)
    }

    @Test func `An imported certificate that expires soon is reported`() async throws {
        let fixture = try Fixture()
        let foreign = try await fixture.makeForeign(days: 30)
        let info = try fixture.certificate.importFiles(certificate: foreign.certificate, key: foreign.key).info
        #expect(CertificateRun.shortcoming(of: info, at: .now) == nil)
        let later = Moment.now.advanced(seconds: 20 * Fixture.day)
        #expect(CertificateRun.shortcoming(of: info, at: later)?.contains("14 days") == true)
        let after = Moment.now.advanced(seconds: 31 * Fixture.day)
        #expect(CertificateRun.shortcoming(of: info, at: after)?.contains("not valid now") == true)
    }
}

@Suite("Handing over the certificate", .timeLimit(.minutes(2)))
struct HandOverTests {
    @Test func `The group may read the copies, and no one else`() throws {
        let fixture = try Fixture()
        _ = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now)
        try fixture.certificate.handOver(to: fixture.path("run"), group: getegid())
        #expect(try fixture.mode("run") == 0o750)
        #expect(try fixture.mode("run/certificate.pem") == 0o640)
        #expect(try fixture.mode("run/certificate.key") == 0o640)
        #expect(try fixture.bytes("run/certificate.pem") == fixture.bytes("certificate.pem"))
        #expect(try fixture.bytes("run/certificate.key") == fixture.bytes("certificate.key"))
        _ = try fixture.certificate.renew(names: Fixture.names, at: Fixture.now)
        try fixture.certificate.handOver(to: fixture.path("run"), group: getegid())
        #expect(try fixture.bytes("run/certificate.pem") == fixture.bytes("certificate.pem"))
    }

    @Test func `A symbolic link in the place of the folder is refused`() throws {
        let fixture = try Fixture()
        _ = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now)
        fixture.folder.makeFolder("elsewhere")
        try #require(symlink(fixture.path("elsewhere"), fixture.path("run")) == 0)
        #expect(throws: CertificateError.self) {
            try fixture.certificate.handOver(to: fixture.path("run"), group: getegid())
        }
        #expect(File.names(in: FilePath(fixture.path("elsewhere"))).isEmpty)
    }
}
