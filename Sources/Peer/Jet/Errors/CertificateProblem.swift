public import Digests
internal import Moments

/// Why a daemon's certificate is not trusted.
///
///     if case .otherKey(let expected, let presented)? = error.certificateProblem { … }
public enum CertificateProblem: Error, Hashable, Sendable {
    /// It is of an authority that is not trusted; the identity that the daemon presented.
    case unknownAuthority(presented: Fingerprint)
    /// None of the certificates has one of the expected keys.
    case otherKey(expected: [Fingerprint], presented: Fingerprint)
    /// It, or a certificate above it, has expired.
    case expired
    /// It, or a certificate above it, is not valid yet.
    case notYetValid
    /// It is for other names than this host.
    case otherName(host: String, names: [String])
}

extension JetError {
    /// Why the daemon's certificate is not trusted, if `code` is `.notTrusted`.
    public var certificateProblem: CertificateProblem? { underlying as? CertificateProblem }
}
