/// The header of the PROXY protocol, version 2 (HAProxy, doc/proxy-protocol.txt): what a gateway says, before the bytes of a
/// connection that it forwards, of who is at the other end.
///
///     let header = ProxyHeader(source: .init(bytes: [192, 0, 2, 7], port: 50312), …)
///     header.bytes
///     let (header, length) = try ProxyHeader.read(bytes)     // nil until it is complete
public struct ProxyHeader: Hashable, Sendable {
    /// An address with its port.
    public struct Address: Hashable, Sendable {
        /// 4 bytes for IPv4, 16 for IPv6.
        public var bytes: [UInt8]
        /// The port.
        public var port: UInt16

        /// An address; `bytes` has 4 or 16 of them.
        public init(bytes: [UInt8], port: UInt16) {
            precondition(bytes.count == 4 || bytes.count == 16, "an address has 4 or 16 bytes")
            self.bytes = bytes
            self.port = port
        }
    }

    /// What is known of the TLS connection that ends at the gateway (§2.2.6).
    public struct TLS: Hashable, Sendable {
        /// The version, such as `TLSv1.3`.
        public var version: String?
        /// Whether the peer has shown a certificate and proven that it has the key.
        public var hasCertificate: Bool
        /// Whether the certificate was issued by a CA that the gateway was configured with.
        public var isVerified: Bool
        /// The common name of the certificate.
        public var commonName: String?
        /// SHA-256 of the SubjectPublicKeyInfo of the certificate, 32 bytes.
        public var keyFingerprint: [UInt8]?
        /// The whole subject of the certificate, as `CN=press-7,O=Example` (RFC 4514, most specific part first).
        public var subject: String?

        /// A TLS connection.
        public init(
            version: String? = nil, hasCertificate: Bool = false, isVerified: Bool = false, commonName: String? = nil,
            keyFingerprint: [UInt8]? = nil, subject: String? = nil
        ) {
            self.version = version
            self.hasCertificate = hasCertificate
            self.isVerified = isVerified
            self.commonName = commonName
            self.keyFingerprint = keyFingerprint
            self.subject = subject
        }
    }

    /// Where the peer comes from; `nil` for a connection of the gateway itself, such as a check whether the daemon is alive.
    public var source: Address?
    /// Where the peer has connected to, of the same family.
    public var destination: Address?
    /// Of TLS; `nil` if the peer has connected without.
    public var tls: TLS?

    /// A header.
    public init(source: Address?, destination: Address?, tls: TLS?) {
        self.source = source
        self.destination = destination
        self.tls = tls
    }

    /// The 12 bytes that it begins with.
    public static var signature: [UInt8] { [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A] }

    /// The longest header that is read, in bytes. The longest that the protocol permits has 65,551; a gateway needs far less.
    public static var longest: Int { 4096 }

    /// The types of the fields (§2.2).
    enum Field {
        static let tls: UInt8 = 0x20
        static let version: UInt8 = 0x21
        static let commonName: UInt8 = 0x22
        /// The range from 0xE0 to 0xEF is for applications.
        static let keyFingerprint: UInt8 = 0xE0
        static let subject: UInt8 = 0xE1
    }

    /// The bits of `client` in the field of TLS.
    enum Client {
        static let tls: UInt8 = 1
        static let certificateOfConnection: UInt8 = 2
        static let certificateOfSession: UInt8 = 4
    }
}

// MARK: - Writing

extension ProxyHeader {
    /// The bytes of the header. Texts beyond 1,024 bytes are cut.
    public var bytes: [UInt8] {
        var payload: [UInt8] = []
        let family: UInt8
        switch (source, destination) {
        case (let source?, let destination?) where source.bytes.count == destination.bytes.count:
            family = source.bytes.count == 4 ? 0x11 : 0x21
            payload += source.bytes + destination.bytes
            for port in [source.port, destination.port] { payload += [UInt8(port >> 8), UInt8(port & 0xFF)] }
        default: family = 0
        }
        if let tls { payload += Self.fields(of: tls) }
        let command: UInt8 = family == 0 ? 0x20 : 0x21
        return Self.signature + [command, family, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
    }

    private static func fields(of tls: TLS) -> [UInt8] {
        var client = Client.tls
        if tls.hasCertificate { client |= Client.certificateOfConnection | Client.certificateOfSession }
        // 0: the certificate was verified.
        let isVerified = tls.hasCertificate && tls.isVerified
        var value: [UInt8] = [client, 0, 0, 0, isVerified ? 0 : 1]
        if let version = tls.version { value += field(Field.version, Array(version.utf8)) }
        if let name = tls.commonName { value += field(Field.commonName, Array(name.utf8)) }
        var fields = field(Field.tls, value)
        if let key = tls.keyFingerprint { fields += field(Field.keyFingerprint, key) }
        if let subject = tls.subject { fields += field(Field.subject, Array(subject.utf8)) }
        return fields
    }

    private static func field(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        let value = type == Field.tls ? value : Array(value.prefix(1024))
        return [type, UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value
    }
}
