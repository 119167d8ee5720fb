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
        var outer = DER(certificate[...])
        guard var document = outer.take(0x30), var content = document.take(0x30) else { return nil }
        // The version, which only version 1 does not have, the serial number, the algorithm, the issuer and the validity.
        _ = content.take(0xA0)
        guard content.take(0x02) != nil, content.take(0x30) != nil, content.take(0x30) != nil,
            content.take(0x30) != nil, var name = content.take(0x30), !name.isEmpty
        else { return nil }
        var parts: [String] = []
        var commonName: String?
        while !name.isEmpty {
            guard var set = name.take(0x31), !set.isEmpty else { return nil }
            var attributes: [String] = []
            while !set.isEmpty {
                guard var pair = set.take(0x30), let type = pair.take(0x06), let value = pair.takeAny(), pair.isEmpty
                else { return nil }
                guard let attribute = Attribute(type: type.rest, value) else { return nil }
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

        init?(type: ArraySlice<UInt8>, _ found: (tag: UInt8, value: DER)) {
            guard let name = Self.names[Array(type)] ?? Self.dotted(type) else { return nil }
            let bytes = found.value.rest
            let value: String?
            switch found.tag {
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

    /// What is left to be read of a structure in DER.
    private struct DER {
        private(set) var rest: ArraySlice<UInt8>

        init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

        var isEmpty: Bool { rest.isEmpty }

        /// The contents of the next element, if it has this tag.
        mutating func take(_ tag: UInt8) -> DER? { rest.first == tag ? takeAny()?.value : nil }

        /// The next element.
        mutating func takeAny() -> (tag: UInt8, value: DER)? {
            guard rest.count >= 2 else { return nil }
            let bytes = rest
            let start = bytes.startIndex
            var length = Int(bytes[start + 1])
            var head = 2
            if length >= 0x80 {
                let width = length - 0x80
                guard (1...3).contains(width), bytes.count >= 2 + width else { return nil }
                length = bytes[start + 2..<start + 2 + width].reduce(0) { $0 << 8 | Int($1) }
                head += width
            }
            guard bytes.count >= head + length else { return nil }
            rest = bytes.dropFirst(head + length)
            return (bytes[start], DER(bytes.dropFirst(head).prefix(length)))
        }
    }
}
