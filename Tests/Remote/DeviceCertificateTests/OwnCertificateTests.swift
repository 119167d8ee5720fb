import Digests
import Files
import Moments
import TestSupport
import Testing

@testable import DeviceCertificate

@Suite("A device's own certificate", .timeLimit(.minutes(2)))
struct OwnCertificateTests {
    @Test func `At first a CA and a certificate are made, and openssl accepts both`() async throws {
        let fixture = try Fixture()
        let change = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now)
        #expect(change.kind == .created)
        #expect(change.info.origin == .own)
        #expect(change.info.names == Fixture.names)
        #expect(change.info.authorityFile == fixture.path("ca.pem"))
        _ = try await fixture.openssl(
            "verify", "-x509_strict", "-CAfile", fixture.path("ca.pem"), "-purpose", "sslserver", "-verify_hostname",
            "shed.local", fixture.path("certificate.pem"))
        let text = try await fixture.openssl("x509", "-noout", "-text", "-in", fixture.path("certificate.pem"))
        #expect(text.contains("ASN1 OID: prime256v1"))
        #expect(text.contains("TLS Web Server Authentication"))
        #expect(text.contains("CA:FALSE"))
        let authority = try await fixture.openssl("x509", "-noout", "-text", "-in", fixture.path("ca.pem"))
        #expect(authority.contains("CA:TRUE, pathlen:0"))
        // OpenSSL 3.5, which Debian 13 has, writes no spaces there.
        #expect(authority.replacing(" = ", with: "=").contains("Subject: CN=Jet CA of shed"))
    }

    @Test func `The fingerprint is that of the CA's key, as openssl computes it`() async throws {
        let fixture = try Fixture()
        let info = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now).info
        _ = try await fixture.openssl(
            "pkey", "-in", fixture.path("ca.key"), "-pubout", "-outform", "DER", "-out", fixture.path("spki"))
        #expect(info.fingerprint == Fingerprint(ofKey: try fixture.bytes("spki")))
        #expect(info.ownFingerprint != info.fingerprint)
    }

    @Test func `Keys are for their owner only, and everyone may read certificates`() throws {
        let fixture = try Fixture()
        _ = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now)
        #expect(try fixture.mode("ca.key") == 0o600)
        #expect(try fixture.mode("certificate.key") == 0o600)
        #expect(try fixture.mode("ca.pem") == 0o644)
        #expect(try fixture.mode("certificate.pem") == 0o644)
        let names = Set(File.names(in: FilePath(fixture.folder.path)).map(\.text))
        #expect(names == ["ca.key", "ca.pem", "certificate.key", "certificate.pem", ".lock"])
    }

    @Test func `It is valid for at most 397 days, from a moment in the past`() throws {
        let fixture = try Fixture()
        let info = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now).info
        #expect(info.notBefore < Fixture.now)
        #expect((info.notAfter.microseconds - info.notBefore.microseconds) / 1_000_000 < 397 * UInt64(Fixture.day))
    }

    @Test func `A certificate that is in order is kept`() throws {
        let fixture = try Fixture()
        _ = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now)
        let before = try fixture.bytes("certificate.pem")
        let later = Fixture.now.advanced(seconds: 200 * Fixture.day)
        #expect(try fixture.certificate.ensure(names: Fixture.names, at: later).kind == .kept)
        #expect(try fixture.bytes("certificate.pem") == before)
    }

    @Test func `With less than a third of its time left it is renewed, and the identity stays`() throws {
        let fixture = try Fixture()
        let first = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now).info
        let later = Fixture.now.advanced(seconds: 270 * Fixture.day)
        let change = try fixture.certificate.ensure(names: Fixture.names, at: later)
        #expect(change.kind == .renewed(.age))
        #expect(change.info.fingerprint == first.fingerprint)
        #expect(change.info.ownFingerprint != first.ownFingerprint)
        #expect(change.info.isValid(at: later.advanced(seconds: 390 * Fixture.day)))
    }

    @Test func `A new name or address renews it, and one that is gone does not`() throws {
        let fixture = try Fixture()
        _ = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now)
        let fewer = CertificateNames(hosts: ["shed"], addresses: ["192.168.7.4"])
        #expect(try fixture.certificate.ensure(names: fewer, at: Fixture.now).kind == .kept)
        let moved = CertificateNames(hosts: ["barn", "barn.local"], addresses: ["10.0.0.9"])
        let change = try fixture.certificate.ensure(names: moved, at: Fixture.now)
        #expect(change.kind == .renewed(.names))
        #expect(change.info.names == moved)
    }

    @Test(arguments: [0, 1500])
    func `A certificate that is not valid by the clock is made again when the clock is set`(day: Int) throws {
        let fixture = try Fixture()
        let first = try fixture.certificate.ensure(
            names: Fixture.names, at: Fixture.now.advanced(seconds: day * Fixture.day)
        ).info
        let set = Fixture.now.advanced(seconds: 700 * Fixture.day)
        let change = try fixture.certificate.ensure(names: Fixture.names, at: set)
        #expect(change.kind == .renewed(.clock))
        #expect(change.info.isValid(at: set))
        #expect(change.info.fingerprint == first.fingerprint)
    }

    @Test func `A device without a clock makes one certificate, not one at each start`() throws {
        let fixture = try Fixture()
        let beginning = Moment(microseconds: 1_000_000)
        #expect(try fixture.certificate.ensure(names: Fixture.names, at: beginning).kind == .created)
        #expect(try fixture.certificate.ensure(names: Fixture.names, at: beginning).kind == .kept)
        #expect(try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now).info.isValid(at: Fixture.now))
    }

    @Test func `A CA that ends before the certificate is issued again with its key`() throws {
        let fixture = try Fixture()
        let first = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now).info
        let later = Fixture.now.advanced(seconds: 29 * 366 * Fixture.day)
        let change = try fixture.certificate.ensure(names: Fixture.names, at: later)
        #expect(change.info.fingerprint == first.fingerprint)
        #expect(try PEMFile(contentsOf: fixture.path("ca.pem")).first.end > change.info.notAfter)
        #expect(try fixture.certificate.ensure(names: Fixture.names, at: later).kind == .kept)
    }

    @Test func `A new certificate at the request of an administrator keeps the identity, a new CA does not`() throws {
        let fixture = try Fixture()
        let first = try fixture.certificate.ensure(names: Fixture.names, at: Fixture.now).info
        let renewed = try fixture.certificate.renew(names: Fixture.names, at: Fixture.now)
        #expect(renewed.kind == .renewed(.request))
        #expect(renewed.info.fingerprint == first.fingerprint)
        let rotated = try fixture.certificate.rotate(names: Fixture.names, at: Fixture.now)
        #expect(rotated.kind == .identityChanged)
        #expect(rotated.info.fingerprint != first.fingerprint)
    }

    @Test func `Before there is a certificate, an error says how to make one`() throws {
        let fixture = try Fixture()
        let error = #expect(throws: CertificateError.self) { try fixture.certificate.info() }
        #expect(error?.reason == .missing)
        #expect(error?.description.contains("jet remote enable") == true)
    }

    @Test func `Without openssl an error names the package`() throws {
        let fixture = try Fixture()
        let certificate = DeviceCertificate(
            folder: fixture.folder.path, openSSL: OpenSSL(program: fixture.path("none"))
        ) { (_) throws(CertificateError) in }
        let error = #expect(throws: CertificateError.self) {
            try certificate.ensure(names: Fixture.names, at: Fixture.now)
        }
        #expect(error?.reason == .noOpenSSL)
        #expect(error?.description.contains("apt install openssl") == true)
    }

    @Test func `A key for a client belongs to its owner alone and names no one`() async throws {
        let fixture = try Fixture()
        try PeerKey.make(keyFile: fixture.path("key.pem"), certificateFile: fixture.path("key.crt"))
        #expect(try fixture.mode("key.pem") == 0o600)
        #expect(try fixture.mode("key.crt") == 0o600)
        let text = try await fixture.openssl("x509", "-noout", "-subject", "-issuer", "-in", fixture.path("key.crt"))
        #expect(text.replacing(" = ", with: "=") == "subject=CN=Jet peer key\nissuer=CN=Jet peer key\n")
        #expect(try PEMFile(contentsOf: fixture.path("key.crt")).fits(key: try fixture.bytes("key.pem")))
    }
}
