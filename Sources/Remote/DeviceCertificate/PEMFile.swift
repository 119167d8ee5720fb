internal import Digests
internal import Files
internal import Glibc
internal import Moments
internal import NIOSSL
internal import Netlink

/// Certificates in PEM, read with BoringSSL.
struct PEMFile {
    /// The most bytes of a file with certificates or a key.
    static let limit = 64 * 1024
    /// The most certificates of a chain.
    static let longestChain = 8

    /// The certificates, of which there is at least one.
    let certificates: [NIOSSLCertificate]

    /// These certificates.
    init(_ certificates: [NIOSSLCertificate]) { self.certificates = certificates }

    /// Reads `bytes`; other things between the certificates are ignored.
    init(_ bytes: [UInt8], of path: String) throws(CertificateError) {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw CertificateError(.unreadable, "\(path) has no certificate in PEM (-----BEGIN CERTIFICATE-----)")
        }
        guard certificates.count <= Self.longestChain else {
            throw CertificateError(.unreadable, "\(path) has more than \(Self.longestChain) certificates")
        }
        self.certificates = certificates
    }

    /// Reads a file.
    init(contentsOf path: String) throws(CertificateError) {
        let bytes = try accessing { () throws(SystemCallError) in try File.contents(path, limit: Self.limit) }
        try self.init(bytes, of: path)
    }

    /// The certificates alone in PEM: a file may have had a key beside them.
    func text() throws(CertificateError) -> [UInt8] {
        var text = ""
        for certificate in certificates {
            text += "-----BEGIN CERTIFICATE-----\n"
            var rest = Base64.encode(try certificate.der())[...]
            while !rest.isEmpty {
                text += rest.prefix(64) + "\n"
                rest = rest.dropFirst(64)
            }
            text += "-----END CERTIFICATE-----\n"
        }
        return Array(text.utf8)
    }

    /// The first certificate, which the others vouch for.
    var first: NIOSSLCertificate { certificates[0] }
    /// The last one: the CA, or what is nearest to it.
    var last: NIOSSLCertificate { certificates[certificates.count - 1] }

    /// Whether the certificate and what follows it come from a CA that this program has made: its name says so.
    var isOwn: Bool {
        guard certificates.count == 2, let bytes = try? last.der() else { return false }
        return DeviceAuthority.isNamed(in: bytes)
    }

    /// Whether `key`, in PEM, is that of a CA that this program has made.
    ///
    /// `fits(key:)` does not answer that: BoringSSL refuses to use a CA in the place of a server's certificate.
    func isAuthority(ofKey key: [UInt8]) -> Bool {
        guard let key = try? NIOSSLPrivateKey(bytes: key, format: .pem), let encoded = try? key.derBytes,
            let whole = try? first.extractPublicKey().toSPKIBytes()
        else { return false }
        // Both encodings have the point of the curve P-256: an octet for its form, and two coordinates (SEC 1, §2.3.3).
        let point = whole.suffix(65)
        return point.count == 65 && encoded.indices.contains { encoded[$0...].starts(with: point) }
    }

    /// Whether `key`, in PEM, is that of the first certificate.
    func fits(key: [UInt8]) -> Bool {
        guard let key = try? NIOSSLPrivateKey(bytes: key, format: .pem) else { return false }
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(first)], privateKey: .privateKey(key))
        // BoringSSL compares the two.
        return (try? NIOSSLContext(configuration: configuration)) != nil
    }
}

extension NIOSSLCertificate {
    /// The certificate in DER.
    func der() throws(CertificateError) -> [UInt8] {
        do {
            return try toDERBytes()
        } catch {
            throw CertificateError(.unreadable, "a certificate cannot be encoded: \(error)")
        }
    }

    /// The fingerprint of its key.
    func fingerprint() throws(CertificateError) -> Fingerprint {
        do {
            return Fingerprint(ofKey: try extractPublicKey().toSPKIBytes())
        } catch {
            throw CertificateError(.unreadable, "the key of a certificate cannot be read: \(error)")
        }
    }

    /// The names and addresses that it is for.
    var names: CertificateNames {
        var (hosts, addresses): ([String], [String]) = ([], [])
        for name in _subjectAlternativeNames() {
            let bytes = name.contents.withUnsafeBufferPointer { Array($0) }
            if name.nameType == .dnsName {
                hosts.append(String(decoding: bytes, as: UTF8.self))
            } else if name.nameType == .ipAddress, let address = LocalAddress(bytes: bytes) {
                addresses.append("\(address)")
            }
        }
        return CertificateNames(hosts: hosts, addresses: addresses)
    }

    /// The first moment of its validity.
    var start: Moment { Moment(microseconds: UInt64(clamping: notValidBefore) &* 1_000_000) }
    /// The last moment of its validity.
    var end: Moment { Moment(microseconds: UInt64(clamping: notValidAfter) &* 1_000_000) }
}
