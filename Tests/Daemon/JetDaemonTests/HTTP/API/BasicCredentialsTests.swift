import JetProtocol
import TestSupport
import Testing

@testable import JetDaemon

/// The header `Authorization: Basic`.
@Suite("API: Basic")
struct BasicCredentialsTests {
    private func read(_ header: String) -> [String]? {
        BasicCredentials(header: header).map { credentials in
            [credentials.user, credentials.password.withBytes { String(decoding: $0, as: UTF8.self) }]
        }
    }

    @Test func `User and password are apart at the first colon`() {
        #expect(read("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==") == ["Aladdin", "open sesame"])
        #expect(read("bASIC   Og==") == ["", ""])
        #expect(read("Basic YTpiOmM=") == ["a", "b:c"])
        #expect(read("Basic w6Q6w7Y=") == ["ä", "ö"])
    }

    @Test(arguments: [
        "", "Basic", "Basic ", "Basic YQ==", "Bearer YTpi", "Basic YTpi=", "Basic YTp", "Basic YTpi YTpi", "BasicYTpi",
        "Basic /zo6", "Basic Y===", "Basic ====", "Basic YTpiOmN=", "Basic YT-_", "Digest a=b",
    ])
    func `What is malformed is refused`(header: String) { #expect(read(header) == nil) }

    @Test func `What is encoded is read again, and a password can have any bytes of UTF-8`() {
        var random = SeededGenerator(seed: 7617)
        for _ in 0..<2000 {
            let length = Int.random(in: 0...40, using: &random)
            let text = String(
                String.UnicodeScalarView(
                    (0..<length).map { _ in UnicodeScalar(UInt32.random(in: 0...0x2FF, using: &random)) ?? "x" }))
            #expect(read("Basic " + APIClient.base64(Array("u:\(text)".utf8))) == ["u", text])
        }
        #expect(read("Basic " + APIClient.base64(Array(repeating: 0x3A, count: 2049))) == nil)
    }

    @Test func `Random text never traps`() {
        var random = SeededGenerator(seed: 4648)
        for _ in 0..<5000 {
            let length = Int.random(in: 0...24, using: &random)
            let bytes = (0..<length).map { _ in UInt8.random(in: 32...126, using: &random) }
            _ = read("Basic " + String(decoding: bytes, as: UTF8.self))
            if let query = try? APIQuery(String(decoding: bytes, as: UTF8.self), known: ["a"]) { _ = query["a"] }
        }
    }

    @Test func `The password is not printed`() throws {
        let credentials = try #require(BasicCredentials(header: "Basic YTpzd29yZGZpc2g="))
        #expect(!"\(credentials)".contains("swordfish"))
    }
}
