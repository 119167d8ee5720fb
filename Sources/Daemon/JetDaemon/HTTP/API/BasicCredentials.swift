import Glibc
import JSONText
import JetProtocol

/// The user and the password of `Authorization: Basic` (RFC 7617).
struct BasicCredentials {
    let user: String
    let password: Secret

    /// The longest decoded credentials, in bytes.
    private static let longest = 2048

    /// Reads the value of the header; `nil` if it is of another scheme or malformed.
    init?(header: String) {
        let parts = header.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard parts.count == 2, parts[0].count == 5,
            zip(parts[0], "basic".utf8).allSatisfy({ $0 | 0x20 == $1 }),
            var bytes = Self.decode(parts[1].drop { $0 == UInt8(ascii: " ") })
        else { return nil }
        defer { bytes.withUnsafeMutableBytes { if let start = $0.baseAddress { explicit_bzero(start, $0.count) } } }
        guard bytes.span.bytes.isUTF8, let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        user = String(decoding: bytes[..<colon], as: UTF8.self)
        password = bytes.withUnsafeBytes { Secret(UnsafeRawBufferPointer(rebasing: $0[(colon + 1)...])) }
    }

    /// The message `authenticate` with them. It has the password: wipe it.
    var message: [UInt8] {
        var text = Array("{\"id\":1,\"method\":\"authenticate\",\"params\":{\"user\":".utf8)
        // So that the array does not grow, which would leave a copy of the password.
        text.reserveCapacity(text.count + 6 * (user.utf8.count + password.count) + 32)
        JSONWriter.append(string: user, to: &text)
        text += ",\"password\":".utf8
        password.withBytes { JSONWriter.append(string: $0.bytes, to: &text) }
        text += "}}".utf8
        return text
    }

    /// Decodes base64 (RFC 4648, section 4); `nil` if it is malformed or too long.
    static func decode(_ text: Substring.UTF8View) -> [UInt8]? {
        guard text.count % 4 == 0, text.count <= (longest + 2) / 3 * 4 else { return nil }
        let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(longest)
        var (buffer, count): (UInt32, Int) = (0, 0)
        for byte in text.dropLast(padding) {
            guard let value = value(byte) else { return nil }
            buffer = buffer << 6 | value
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(count)))
        }
        // The bits that are left over must be 0, or two texts would stand for the same bytes.
        guard buffer & ((1 << UInt32(count)) - 1) == 0, bytes.count <= longest else { return nil }
        return bytes
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
