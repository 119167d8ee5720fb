import NIOSSL
import TestSupport
import Testing

@testable import TLSGateway

/// The subject of certificates as text.
@Suite("Subjects of certificates", .timeLimit(.minutes(2)))
struct CertificateSubjectTests {
    @Test(arguments: [
        ("/O=Example/CN=press-7", "CN=press-7,O=Example", "press-7"),
        ("/DC=com/DC=example/OU=Ölmühle/CN=a, b \\+ c", "CN=a\\, b \\+ c,OU=Ölmühle,DC=example,DC=com", "a, b + c"),
        ("/C=DE/ST=Bayern/L=Köln/UID=7/CN=x/CN=#y ", "CN=\\#y\\ ,CN=x,UID=7,L=Köln,ST=Bayern,C=DE", "#y "),
        ("/O=Example/emailAddress=a@example.com", "1.2.840.113549.1.9.1=a@example.com,O=Example", nil),
        ("/O=Example+CN=both", "O=Example+CN=both", "both"),
    ])
    func `It is written as RFC 4514 says`(subject: String, text: String, name: String?) async throws {
        let files = try await TestCertificates.shared.value
        let file = "subject-\(abs(subject.hashValue))"
        try await files.authority(file, subject)
        let certificate = try NIOSSLCertificate.fromPEMFile(files.path(file + ".pem"))[0].toDERBytes()
        let found = try #require(CertificateSubject(ofCertificate: certificate))
        // Parts of one set are sorted by DER.
        #expect(found.text == text || found.text == "CN=both+O=Example" && subject.contains("+CN=both"))
        #expect(found.commonName == name)
    }

    @Test func `One that is too long has no text, rather than another one`() async throws {
        let files = try await TestCertificates.shared.value
        let parts = (0..<30).map { _ in "/OU=" + String(repeating: "a", count: 60) }.joined()
        try await files.authority("long-subject", parts + "/CN=x")
        let certificate = try NIOSSLCertificate.fromPEMFile(files.path("long-subject.pem"))[0].toDERBytes()
        #expect(CertificateSubject(ofCertificate: certificate) == nil)
    }

    @Test(arguments: TestEnvironment.seeds([1, 2]))
    func `Damaged certificates have a subject or none, and never anything else`(seed: UInt64) async throws {
        let files = try await TestCertificates.shared.value
        let original = try NIOSSLCertificate.fromPEMFile(files.path("press.pem"))[0].toDERBytes()
        #expect(CertificateSubject(ofCertificate: original)?.text == "CN=press-7,O=Example")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<TestEnvironment.steps(3000) {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<min(bytes.count, 200), using: &random)] = .random(in: 0...255, using: &random)
            }
            let subject = CertificateSubject(
                ofCertificate: Array(bytes.prefix(.random(in: 0...bytes.count, using: &random))))
            #expect(subject.map { $0.text.utf8.count <= 1024 } ?? true)
        }
    }
}
