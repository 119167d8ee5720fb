public import Digests
import NIOCore
import NIOSSL

/// The certificate that a gateway presents, its key, and the CAs whose client certificates it verifies.
public struct GatewayCredentials: Sendable {
    /// The certificate of the gateway, followed by those of its issuers.
    let chain: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey
    /// The CAs; empty for none.
    let authorities: [NIOSSLCertificate]
    /// The fingerprint by which clients recognize the device: that of its own CA, else that of its
    /// certificate.
    public let fingerprint: Fingerprint
    /// When the first certificate of the chain expires, in seconds since 1970.
    public let expiry: Int

    /// Reads certificates and a key.
    ///
    /// - Parameters:
    ///   - certificate: The certificate and those of its issuers, in PEM.
    ///   - key: The key of the certificate, in PEM.
    ///   - clientAuthorities: The certificates of the CAs for clients, in PEM; `nil` for none.
    /// - Throws: What is wrong with them.
    public init(certificate: [UInt8], key: [UInt8], clientAuthorities: [UInt8]? = nil) throws(GatewayError) {
        chain = try Self.certificates(certificate, of: "the certificate of the gateway")
        do {
            self.key = try NIOSSLPrivateKey(bytes: key, format: .pem)
        } catch {
            // The error could quote the key.
            throw GatewayError("the key of the certificate is not a private key in PEM without a passphrase")
        }
        authorities =
            try clientAuthorities.map { bytes throws(GatewayError) in
                try Self.certificates(bytes, of: "client-ca-file")
            } ?? []
        do {
            // As clients know the device: by its own CA, else by its certificate.
            let last = chain[chain.count - 1]
            let known = DeviceAuthority.isNamed(in: try last.toDERBytes()) ? last : chain[0]
            fingerprint = Fingerprint(ofKey: try known.extractPublicKey().toSPKIBytes())
        } catch {
            throw GatewayError("the certificate of the gateway has no usable key: \(error)")
        }
        expiry = chain.map { Int($0.notValidAfter) }.min() ?? 0
    }

    private static func certificates(_ bytes: [UInt8], of name: String) throws(GatewayError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw GatewayError("\(name) cannot be read: it must be in PEM (\(error))")
        }
        guard !certificates.isEmpty else {
            throw GatewayError("\(name) is not there: the file has no certificate in PEM")
        }
        return certificates
    }
}

/// How a gateway accepts TLS connections: a context for each kind of client.
struct GatewayContexts: Sendable {
    /// Which certificate a client is asked for.
    enum Kind: Hashable, Sendable {
        /// None: a browser would ask its user for one.
        case none
        /// Any: who has the key is known by its fingerprint. For clients that offer `jet-key`.
        case key
        /// One of the client CAs, or none.
        case authority
    }

    /// The protocol by which a client says that it has a key.
    static let keyProtocol = "jet-key"
    /// The protocol of HTTP, and with that of WebSocket.
    static let webProtocol = "http/1.1"

    let credentials: GatewayCredentials
    /// For clients that offer `jet-key`.
    private let keys: NIOSSLContext
    /// For all others.
    private let others: NIOSSLContext

    /// Creates the contexts, which takes milliseconds. Sessions of older contexts cannot be resumed in these, since each
    /// context encrypts its tickets with keys of its own.
    init(_ credentials: GatewayCredentials, minimumVersion: GatewayConfiguration.Version) throws(GatewayError) {
        self.credentials = credentials
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: credentials.chain.map { .certificate($0) }, privateKey: .privateKey(credentials.key))
        configuration.minimumTLSVersion = minimumVersion == .tls13 ? .tlsv13 : .tlsv12
        // For TLS 1.2: only with forward secrecy and authenticated encryption, as RFC 9325 §4.2 recommends.
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        ]
        // Without SHA-1, which BoringSSL still permits for TLS 1.2.
        configuration.verifySignatureAlgorithms = Self.algorithms
        configuration.signingSignatureAlgorithms = Self.algorithms
        configuration.applicationProtocols = [Self.webProtocol, "jet", Self.keyProtocol]
        configuration.renegotiationSupport = .none
        // Never those of the system.
        configuration.trustRoots = .certificates([])
        do {
            var forKeys = configuration
            forKeys.certificateVerification = .optionalVerification
            keys = try NIOSSLContext(configuration: forKeys)
            if !credentials.authorities.isEmpty {
                configuration.certificateVerification = .optionalVerification
                configuration.trustRoots = .certificates(credentials.authorities)
                configuration.sendCANameList = true
            }
            others = try NIOSSLContext(configuration: configuration)
        } catch {
            throw GatewayError("the certificate of the gateway and its key do not fit together: \(error)")
        }
    }

    private static let algorithms: [SignatureAlgorithm] = [
        .ed25519, .ecdsaSecp256R1Sha256, .ecdsaSecp384R1Sha384, .ecdsaSecp521R1Sha512, .rsaPssRsaeSha256,
        .rsaPssRsaeSha384, .rsaPssRsaeSha512, .rsaPkcs1Sha256, .rsaPkcs1Sha384, .rsaPkcs1Sha512,
    ]

    /// The handler for a client, by what it has begun with.
    func handler(for hello: ClientHello) -> (kind: Kind, handler: NIOSSLServerHandler) {
        if hello.protocols.contains(Self.keyProtocol) {
            let handler = NIOSSLServerHandler(
                context: keys,
                customVerificationCallback: { certificates, promise in
                    // That it has the key, TLS itself verifies. What the key permits, the daemon decides.
                    promise.succeed(certificates.count == 1 ? .certificateVerified : .failed)
                }, configuration: .init())
            return (.key, handler)
        }
        return (credentials.authorities.isEmpty ? .none : .authority, NIOSSLServerHandler(context: others))
    }

    /// Whether a certificate that was verified by the CAs of `other` need not be trusted any more: a CA that may have issued
    /// it is gone. With issuers in between, which are not known here, it may be any of the CAs.
    func distrusts(_ certificate: NIOSSLCertificate, verifiedBy other: [NIOSSLCertificate]) -> Bool {
        let issuers = other.filter { $0.subjectName == certificate.issuerName }
        return (issuers.isEmpty ? other : issuers).contains { !credentials.authorities.contains($0) }
    }
}
