import Testing

@testable import Digests

@Suite("Digests") struct DigestsTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(
        "SHA-256 has the values of its standard",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func standardValues(text: String, hash: String) {
        #expect(hex(SHA256.hash(of: text.utf8)) == hash)
    }

    @Test("SHA-256 of a million letters a") func million() {
        let hash = SHA256.hash(of: repeatElement(UInt8(ascii: "a"), count: 1_000_000))
        #expect(hex(hash) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test(
        "base64 has the values of its standard, and is read back",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
        #expect(Base64.decode(encoded.filter { $0 != "=" }) == Array(text.utf8))
    }

    @Test("what is not base64 is refused", arguments: ["Z", "Zg=x", "Zh", "Z!", "Zg===", "Zm9vY"])
    func notBase64(text: String) { #expect(Base64.decode(text) == nil) }

    @Test("a fingerprint is printed as ssh does, and read in both forms") func fingerprint() throws {
        let fingerprint = Fingerprint(ofKey: Array("abc".utf8))
        #expect(fingerprint.description == "SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0")
        #expect(Fingerprint(parsing: fingerprint.description) == fingerprint)
        #expect(Fingerprint(parsing: fingerprint.description + "=") == fingerprint)
        let hexadecimal = hex(fingerprint.bytes)
        #expect(Fingerprint(parsing: hexadecimal) == fingerprint)
        #expect(Fingerprint(parsing: hexadecimal.uppercased()) == fingerprint)
        for text in ["", "SHA256:", "SHA256:abc", "MD5:00", String(hexadecimal.dropLast())] {
            #expect(Fingerprint(parsing: text) == nil)
        }
    }

    @Test(
        "words are those of Bubble Babble",
        arguments: [
            ("", "xexax"), ("1234567890", "xesef-disof-gytuf-katof-movif-baxux"),
            ("Pineapple", "xigak-nyryk-humil-bosek-sonax"),
        ])
    func words(text: String, words: String) { #expect(BubbleBabble.encode(Array(text.utf8)) == words) }
}
