/// Why bytes are not the header of a gateway.
public struct ProxyHeaderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension ProxyHeader {
    /// Reads the header at the beginning of `bytes`.
    ///
    /// - Returns: The header and its length; `nil` if more bytes are needed.
    /// - Throws: `ProxyHeaderError` if the bytes are not the beginning of a header, or it is longer than `longest`.
    public static func read(_ bytes: some Collection<UInt8>) throws(ProxyHeaderError) -> (header: Self, length: Int)? {
        let bytes = Array(bytes.prefix(longest))
        guard signature.starts(with: bytes.prefix(signature.count)) else {
            throw ProxyHeaderError("it does not begin with a header of the PROXY protocol, version 2")
        }
        guard bytes.count >= 16 else { return nil }
        guard bytes[12] >> 4 == 2 else { throw ProxyHeaderError("unknown version of the PROXY protocol") }
        guard bytes[12] & 15 <= 1 else { throw ProxyHeaderError("unknown command of the PROXY protocol") }
        let length = 16 + Int(bytes[14]) << 8 + Int(bytes[15])
        guard length <= longest else {
            throw ProxyHeaderError("a header of \(length) bytes is beyond the limit of \(longest)")
        }
        guard bytes.count >= length else { return nil }
        var header = ProxyHeader(source: nil, destination: nil, tls: nil)
        var rest = bytes[16..<length]
        if bytes[12] & 15 == 1 {
            try header.readAddresses(bytes[13], &rest)
        } else {
            rest = rest.dropFirst(Self.size(ofFamily: bytes[13]) ?? 0)
        }
        try header.readFields(rest)
        return (header, length)
    }

    /// How many bytes the addresses of a family take; `nil` if it is unknown. Those of unix sockets and of datagrams are
    /// skipped.
    private static func size(ofFamily family: UInt8) -> Int? {
        switch family >> 4 {
        case 0: 0
        case 1: 12
        case 2: 36
        case 3: 216
        default: nil
        }
    }

    private mutating func readAddresses(_ family: UInt8, _ rest: inout ArraySlice<UInt8>) throws(ProxyHeaderError) {
        guard let size = Self.size(ofFamily: family) else { throw ProxyHeaderError("unknown address family") }
        guard rest.count >= size else { throw ProxyHeaderError("the addresses are cut") }
        let addresses = Array(rest.prefix(size))
        rest = rest.dropFirst(size)
        // Only TCP over IPv4 or IPv6 names a machine.
        guard family == 0x11 || family == 0x21 else { return }
        let width = family == 0x11 ? 4 : 16
        func port(_ index: Int) -> UInt16 { UInt16(addresses[index]) << 8 | UInt16(addresses[index + 1]) }
        source = Address(bytes: Array(addresses[..<width]), port: port(2 * width))
        destination = Address(bytes: Array(addresses[width..<2 * width]), port: port(2 * width + 2))
    }

    private mutating func readFields(_ fields: ArraySlice<UInt8>) throws(ProxyHeaderError) {
        var fingerprint: [UInt8]?
        var subject: String?
        try Self.forEachField(in: fields) { type, value throws(ProxyHeaderError) in
            switch type {
            case Field.tls: tls = try Self.tls(value)
            case Field.keyFingerprint:
                guard value.count == 32 else { throw ProxyHeaderError("a fingerprint has 32 bytes") }
                fingerprint = Array(value)
            case Field.subject: subject = try Self.text(value)
            default: break
            }
        }
        // Only a certificate that was shown has a key and a subject.
        guard tls?.hasCertificate == true else { return }
        tls?.keyFingerprint = fingerprint
        tls?.subject = subject
    }

    private static func tls(_ value: ArraySlice<UInt8>) throws(ProxyHeaderError) -> TLS? {
        guard value.count >= 5 else { throw ProxyHeaderError("the field of TLS is cut") }
        let start = value.startIndex
        guard value[start] & Client.tls != 0 else { return nil }
        var tls = TLS()
        tls.hasCertificate = value[start] & (Client.certificateOfConnection | Client.certificateOfSession) != 0
        tls.isVerified = tls.hasCertificate && value[start + 1..<start + 5].allSatisfy { $0 == 0 }
        try forEachField(in: value.dropFirst(5)) { type, value throws(ProxyHeaderError) in
            switch type {
            case Field.version: tls.version = try text(value)
            case Field.commonName: tls.commonName = try text(value)
            default: break
            }
        }
        if !tls.hasCertificate { tls.commonName = nil }
        return tls
    }

    private static func forEachField(
        in fields: ArraySlice<UInt8>, _ body: (UInt8, ArraySlice<UInt8>) throws(ProxyHeaderError) -> Void
    ) throws(ProxyHeaderError) {
        var rest = fields
        while !rest.isEmpty {
            guard rest.count >= 3 else { throw ProxyHeaderError("a field is cut") }
            let start = rest.startIndex
            let length = Int(rest[start + 1]) << 8 + Int(rest[start + 2])
            guard rest.count >= 3 + length else { throw ProxyHeaderError("a field is cut") }
            try body(rest[start], rest[start + 3..<start + 3 + length])
            rest = rest.dropFirst(3 + length)
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) throws(ProxyHeaderError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ProxyHeaderError("a field is not UTF-8")
        }
        return text
    }
}
