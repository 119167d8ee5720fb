/// The *fingerprint* of a public key: SHA-256 of its SubjectPublicKeyInfo in DER (RFC 7469 §2.4). It is printed as ssh prints
/// its fingerprints:
///
///     SHA256:Ib5H0xPnKuAzyOWHQ0mJcOcuUV/SdYkzcBnZKXNRVrE
public struct Fingerprint: Hashable, Sendable {
    /// The hash, of 32 bytes.
    public let bytes: [UInt8]

    /// The fingerprint of a key.
    ///
    /// - Parameter key: Its SubjectPublicKeyInfo in DER.
    public init(ofKey key: [UInt8]) { bytes = SHA256.hash(of: key) }

    /// A fingerprint with these bytes; `nil` if they are not 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads `SHA256:` and base64 with or without padding, or 64 hexadecimal digits with or without colons between the
    /// bytes, as `openssl` prints them; `nil` for any other text.
    public init?(parsing text: some StringProtocol) {
        if text.hasPrefix("SHA256:") {
            guard let bytes = Base64.decode(text.dropFirst("SHA256:".count)) else { return nil }
            self.init(bytes: bytes)
        } else {
            let digits = text.utf8.filter { $0 != UInt8(ascii: ":") }
            let values = digits.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            guard digits.count == 64, values.count == 64 else { return nil }
            self.init(bytes: stride(from: 0, to: 64, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) })
        }
    }
}

extension Fingerprint: CustomStringConvertible {
    /// The form of ssh: `SHA256:` and base64 without padding.
    public var description: String { "SHA256:" + Base64.encode(bytes, padded: false) }

    /// The fingerprint as words that can be read aloud, in the encoding Bubble Babble, as `ssh-keygen -B` prints the
    /// fingerprints of ssh: `xesef-disof-…`.
    public var words: String { BubbleBabble.encode(bytes) }
}

/// Bubble Babble: bytes as pronounceable words, with a checksum. The encoding is of Antti Huima (2000); ssh-keygen(1) prints it
/// with `-B`.
enum BubbleBabble {
    private static let vowels = Array("aeiouy")
    private static let consonants = Array("bcdfghklmnprstvzx")

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [Character] = ["x"]
        var seed = 1
        let rounds = bytes.count / 2 + 1
        for round in 0..<rounds {
            guard round + 1 < rounds || bytes.count % 2 != 0 else {
                text += [vowels[seed % 6], consonants[16], vowels[seed / 6]]
                continue
            }
            let first = Int(bytes[2 * round])
            text += [
                vowels[((first >> 6 & 3) + seed) % 6], consonants[first >> 2 & 15],
                vowels[((first & 3) + seed / 6) % 6],
            ]
            guard round + 1 < rounds else { continue }
            let second = Int(bytes[2 * round + 1])
            text += [consonants[second >> 4 & 15], "-", consonants[second & 15]]
            seed = (seed * 5 + first * 7 + second) % 36
        }
        text.append("x")
        return String(text)
    }
}
