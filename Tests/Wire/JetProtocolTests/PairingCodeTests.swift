import Digests
import JetProtocol
import TestSupport
import Testing

@Suite("jet-protocol(7) §8.5: pairing codes")
struct PairingCodeTests {
    static let authority = Fingerprint(ofKey: [1, 2, 3])
    static let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    @Test("a code is 8 characters of the alphabet, and another one each time")
    func random() {
        let codes = (0..<100).map { _ in PairingCode.random().text }
        #expect(codes.allSatisfy { $0.count == 8 && $0.allSatisfy(Self.alphabet.contains) })
        #expect(Set(codes).count == 100)
        #expect(Set(codes.joined()).count == 32, "each character occurs")
    }

    @Test(
        "reading ignores case, spaces and dashes, and maps what is easily misread",
        arguments: [
            ("ABCDEFGH", "ABCDEFGH"), ("abcd-efgh", "ABCDEFGH"), ("  a b-c-D\u{2D}e f g h ", "ABCDEFGH"),
            ("OoIiLl00", "00111100"), ("vwxyz019", "VWXYZ019"),
        ])
    func reading(text: String, code: String) { #expect(PairingCode(parsing: text)?.text == code) }

    @Test(
        "other texts are no codes",
        arguments: [
            "", " ", "-", "ABCDEFG", "ABCDEFGHJ", "UBCDEFGH", "ABCDEFG.", "ABCDEFG\0", "ÄBCDEFGH", "ABCD_EFGH",
            "ＡBCDEFGH", "ABCDEFGH\n",
        ])
    func noCodes(text: String) {
        #expect(PairingCode(parsing: text) == nil)
        #expect(CheckedPairingCode(parsing: text + "0000") == nil)
    }

    @Test("with its check it is printed in three groups, and read again as the same")
    func checked() throws {
        for _ in 0..<100 {
            let code = CheckedPairingCode(.random(), for: Self.authority)
            let groups = code.text.split(separator: "-", omittingEmptySubsequences: false)
            #expect(groups.map(\.count) == [4, 4, 4])
            #expect(code.text.hasPrefix(code.code.text.prefix(4)))
            let read = try #require(CheckedPairingCode(parsing: code.text.lowercased()))
            #expect(read == code)
            #expect(read.isFor(Self.authority))
        }
    }

    @Test("the check is the first 20 bits of the hash of the label, the fingerprint and the code")
    func check() throws {
        let code = try #require(PairingCode(parsing: "ABCDEFGH"))
        let hash = SHA256.hash(of: Array("jet-pair-1".utf8) + Self.authority.bytes + Array("ABCDEFGH".utf8))
        let bits = Int(hash[0]) << 12 | Int(hash[1]) << 4 | Int(hash[2]) >> 4
        let alphabet = Array(Self.alphabet)
        let check = String([15, 10, 5, 0].map { alphabet[bits >> $0 & 31] })
        #expect(CheckedPairingCode(code, for: Self.authority).text == "ABCD-EFGH-" + check)
    }

    @Test("the check fails for another authority, another code, and each other check")
    func mismatch() throws {
        let code = CheckedPairingCode(try #require(PairingCode(parsing: "ABCDEFGH")), for: Self.authority)
        #expect(!code.isFor(Fingerprint(ofKey: [3, 2, 1])))
        let other = "ABCD-EFGJ" + code.text.suffix(5)
        #expect(try #require(CheckedPairingCode(parsing: other)).isFor(Self.authority) == false)
        let matches = Self.alphabet.filter { character in
            CheckedPairingCode(parsing: code.text.dropLast() + String(character))?.isFor(Self.authority) == true
        }
        #expect(matches.count == 1)
    }

    @Test("a code is not printed by mistake")
    func secrecy() throws {
        let code = CheckedPairingCode(try #require(PairingCode(parsing: "ABCDEFGH")), for: Self.authority)
        var text = "\(code) \(code.code)"
        dump(code, to: &text)
        dump(code.code, to: &text)
        #expect(!text.contains("ABCD"))
    }

    @Test("texts at random are read or refused, and what is read is printed the same")
    func fuzz() {
        var generator = SeededGenerator(seed: 3)
        let pieces = Array(Self.alphabet) + Array("UuiloILO -_.é\0")
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...14, using: &generator)
            let text = String((0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] })
            if let code = PairingCode(parsing: text) { #expect(PairingCode(parsing: code.text) == code) }
            if let code = CheckedPairingCode(parsing: text) { #expect(CheckedPairingCode(parsing: code.text) == code) }
        }
    }
}
