public import Digests

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

extension CertificateProblem: CustomStringConvertible {
    /// The reason as the end of a sentence, and what to do next.
    public var description: String {
        switch self {
        case .unknownAuthority(let presented):
            "its certificate is not trusted. It presents the key \(presented). If that is the key of the device, trust "
                + "its fingerprint or its authority"
        case .otherKey(let expected, let presented):
            "it has another key than expected. Expected: \(expected.map(\.description).joined(separator: ", or ")). "
                + "Presented: \(presented). Either the device was set up again, or another machine is in between. Compare "
                + "with the fingerprint that `jet tls show` prints on the device before you trust the new key"
        case .expired:
            "its certificate has expired. Check the clocks of both machines, and `jet tls show` on the device"
        case .notYetValid:
            "its certificate is not valid yet. Check the clocks of both machines, and `jet tls show` on the device"
        case .otherName(let host, let names):
            "its certificate is not for '\(host)', but for "
                + (names.isEmpty ? "no name" : names.joined(separator: ", "))
                + ". Connect by one of these names, or trust the fingerprint of the device"
        }
    }
}
