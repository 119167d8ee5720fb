import Digests

/// The subject of a certificate as text.
///
/// NIOSSL names some kinds of attributes only, and not which of them belong together, so this reads the certificate itself. It
/// has been read by BoringSSL before, which refuses what is no certificate; what this does not understand has no text.
struct CertificateSubject: Hashable {
    /// The whole of it as RFC 4514 writes it, most specific part first: `CN=press-7,O=Example`.
    let text: String
    /// Its most specific common name.
    let commonName: String?

    /// The longest text that is passed on, in bytes. A longer one is not cut, since that would make it another subject.
    private static let longest = 1024

    /// Reads a certificate.
    ///
    /// - Parameter certificate: The certificate in DER.
    /// - Returns: `nil` if it has no subject that can be written.
    init?(ofCertificate certificate: [UInt8]) {
        var outer = DERReader(certificate[...])
        guard var document = outer.inside(0x30), var content = document.inside(0x30) else { return nil }
        // The version, which only version 1 does not have, the serial number, the algorithm, the issuer and the validity.
        _ = content.next(0xA0)
        guard content.next(0x02) != nil, content.next(0x30) != nil, content.next(0x30) != nil,
            content.next(0x30) != nil, var name = content.inside(0x30), !name.isEmpty
        else { return nil }
        var parts: [String] = []
        var commonName: String?
        while !name.isEmpty {
            guard var set = name.inside(0x31), !set.isEmpty else { return nil }
            var attributes: [String] = []
            while !set.isEmpty {
                guard var pair = set.inside(0x30), let type = pair.next(0x06)?.contents, let tag = pair.tag,
                    let value = pair.next()?.contents, pair.isEmpty,
                    let attribute = Attribute(type: type, tag: tag, value)
                else { return nil }
                attributes.append(attribute.text)
                if attribute.name == "CN" { commonName = attribute.value }
            }
            parts.append(attributes.joined(separator: "+"))
        }
        text = parts.reversed().joined(separator: ",")
        guard text.utf8.count <= Self.longest else { return nil }
        self.commonName = commonName
    }

    /// An attribute of a name, such as `CN=press-7`.
    private struct Attribute {
        let name: String
        let value: String
        let text: String

        /// The names of RFC 4514 §3.
        private static let names: [[UInt8]: String] = [
            [0x55, 4, 3]: "CN", [0x55, 4, 7]: "L", [0x55, 4, 8]: "ST", [0x55, 4, 10]: "O", [0x55, 4, 11]: "OU",
            [0x55, 4, 6]: "C", [0x55, 4, 9]: "STREET",
            [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 25]: "DC",
            [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 1]: "UID",
        ]

        init?(type: ArraySlice<UInt8>, tag: UInt8, _ bytes: ArraySlice<UInt8>) {
            guard let name = Self.names[Array(type)] ?? Self.dotted(type) else { return nil }
            let value: String?
            switch tag {
            case 12: value = String(validating: bytes, as: UTF8.self)
            case 19, 22: value = bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : nil
            // TeletexString, which everyone uses as Latin-1.
            case 20: value = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
            // BMPString.
            case 30 where bytes.count % 2 == 0:
                let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2)
                    .map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
                value = String(validating: units, as: UTF16.self)
            default: value = nil
            }
            guard let value else { return nil }
            (self.name, self.value) = (name, value)
            text = name + "=" + Self.escaped(value)
        }

        /// An object identifier in numbers.
        private static func dotted(_ type: ArraySlice<UInt8>) -> String? {
            var numbers: [Int] = []
            var number = 0
            for byte in type {
                guard number < 1 << 48 else { return nil }
                number = number << 7 | Int(byte & 0x7F)
                guard byte & 0x80 == 0 else { continue }
                numbers.append(number)
                number = 0
            }
            guard let first = numbers.first, number == 0, type.last.map({ $0 & 0x80 == 0 }) == true else { return nil }
            let root = min(first / 40, 2)
            return ([root, first - 40 * root] + numbers.dropFirst()).map(String.init).joined(separator: ".")
        }

        /// RFC 4514 §2.4.
        private static func escaped(_ value: String) -> String {
            var text = ""
            let scalars = Array(value.unicodeScalars)
            for (index, scalar) in scalars.enumerated() {
                let isAtEnd = index == scalars.count - 1
                switch scalar {
                case "\0": text += "\\00"
                case "\"", "+", ",", ";", "<", ">", "\\": text += "\\\(scalar)"
                case "#" where index == 0: text += "\\#"
                case " " where index == 0 || isAtEnd: text += "\\ "
                default: text.unicodeScalars.append(scalar)
                }
            }
            return text
        }
    }
}

extension DERReader {
    /// Enters the next value, if it has this tag.
    fileprivate mutating func inside(_ tag: UInt8) -> DERReader? { next(tag).map { DERReader($0.contents) } }
}
