public import Digests

/// A pairing code as people see it: the code, and 4 characters that are computed from it and the key by which the machine
/// is known (jet-protocol(7) §8.5).
///
///     CheckedPairingCode(code, for: identity).text            // ABCD-EFGH-JKMN
///     let typed = CheckedPairingCode(parsing: "abcd efgh jkmn")
///     typed?.isFor(presented)                                 // whether the host may receive the code
///
/// The other machine verifies the check against the certificate that the host has presented, before it sends the code. A
/// machine in between presents a certificate of its own: it is found out, and learns nothing. The connection must trust only
/// the key that was verified.
public struct CheckedPairingCode: Hashable, Sendable {
    /// The code.
    public let code: PairingCode
    /// The check, 20 bits.
    private let check: UInt64

    /// The code with the check for a machine.
    ///
    /// - Parameter identity: The fingerprint of the key by which the machine is known (jet-protocol(7) §8.1).
    public init(_ code: PairingCode, for identity: Fingerprint) {
        self.code = code
        check = Self.check(code, identity)
    }

    /// Reads a code with its check as people may type it, like `PairingCode(parsing:)`; `nil` if these are not 12
    /// characters.
    public init?(parsing text: some StringProtocol) {
        let length = PairingCode.length + Self.checkLength
        guard let characters = CrockfordBase32.characters(of: text, count: length),
            let code = PairingCode(
                parsing: String(decoding: characters.prefix(PairingCode.length), as: UTF8.self))
        else { return nil }
        self.code = code
        check = CrockfordBase32.value(of: Array(characters.suffix(Self.checkLength)))
    }

    /// Whether the check was computed for the machine with this key.
    public func isFor(_ identity: Fingerprint) -> Bool { check == Self.check(code, identity) }

    /// The form for people: `ABCD-EFGH-JKMN`.
    public var text: String {
        let characters = code.characters + CrockfordBase32.characters(of: check, count: Self.checkLength)
        let groups = stride(from: 0, to: characters.count, by: 4).map { characters[$0..<$0 + 4] }
        return groups.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    }

    private static let checkLength = 4

    /// The first 20 bits of the hash of a label, the fingerprint and the code.
    private static func check(_ code: PairingCode, _ identity: Fingerprint) -> UInt64 {
        let hash = SHA256.hash(of: Array("jet-pair-1".utf8) + identity.bytes + code.characters)
        return UInt64(hash[0]) << 12 | UInt64(hash[1]) << 4 | UInt64(hash[2]) >> 4
    }
}

extension CheckedPairingCode: CustomStringConvertible, CustomReflectable {
    /// A placeholder: the code is not printed.
    public var description: String { "(pairing code)" }
    /// Has no children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Crockford's base32: ten digits and the capitals without I, L, O and U, which are easily misread.
enum CrockfordBase32 {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The last `count` characters of a number.
    static func characters(of value: UInt64, count: Int) -> [UInt8] {
        (0..<count).reversed().map { alphabet[Int(truncatingIfNeeded: value >> UInt64(5 * $0)) & 31] }
    }

    /// The number of these characters, of which there are at most 12.
    static func value(of characters: [UInt8]) -> UInt64 {
        characters.reduce(0) { $0 << 5 | UInt64(alphabet.firstIndex(of: $1) ?? 0) }
    }

    /// The characters of a text as people type it; `nil` if these are not `count` characters of the alphabet.
    static func characters(of text: some StringProtocol, count: Int) -> [UInt8]? {
        var characters: [UInt8] = []
        for byte in text.utf8 {
            var character = byte
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "-"): continue
            case UInt8(ascii: "a")...UInt8(ascii: "z"): character -= 32
            default: break
            }
            switch character {
            case UInt8(ascii: "O"): character = UInt8(ascii: "0")
            case UInt8(ascii: "I"), UInt8(ascii: "L"): character = UInt8(ascii: "1")
            default: break
            }
            guard characters.count < count, alphabet.contains(character) else { return nil }
            characters.append(character)
        }
        return characters.count == count ? characters : nil
    }
}
