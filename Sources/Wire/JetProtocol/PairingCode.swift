/// The *code* of an offer to pair (jet-protocol(7) §8.5): 8 characters of Crockford's base32, 40 random bits. Who sends it to
/// the daemon with `pair` proves that the offer was made to them.
///
///     let code = PairingCode.random()
///     PairingCode(parsing: "abcd-ef0h")?.text     // ABCDEF0H
///
/// The code is a secret, so `description` does not print it.
public struct PairingCode: Hashable, Sendable {
    /// The random bits.
    private let bits: UInt64

    private init(bits: UInt64) { self.bits = bits & (1 << 40 - 1) }

    /// A new code.
    public static func random() -> PairingCode {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    /// A new code. The generator must be cryptographically secure, except in tests.
    public static func random(using generator: inout some RandomNumberGenerator) -> PairingCode {
        PairingCode(bits: generator.next())
    }

    /// Reads a code as people may type it: small letters count as capitals, spaces and dashes are ignored, `O` is 0, and
    /// `I` and `L` are 1. `nil` if these are not 8 characters.
    public init?(parsing text: some StringProtocol) {
        guard let characters = CrockfordBase32.characters(of: text, count: Self.length) else { return nil }
        self.init(bits: CrockfordBase32.value(of: characters))
    }

    /// How many characters a code has.
    static let length = 8

    /// The 8 characters, as they are sent.
    public var text: String { String(decoding: characters, as: UTF8.self) }

    var characters: [UInt8] { CrockfordBase32.characters(of: bits, count: Self.length) }

    /// Whether both are the same code. The time that it takes does not depend on the codes.
    public static func == (left: PairingCode, right: PairingCode) -> Bool { left.bits ^ right.bits == 0 }
}

extension PairingCode: CustomStringConvertible, CustomReflectable {
    /// A placeholder: the code is not printed.
    public var description: String { "(pairing code)" }
    /// Has no children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
