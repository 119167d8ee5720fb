package import Digests
package import Moments

/// What there is to know about the certificate that a device presents.
package struct CertificateInfo: Hashable, Sendable {
    /// Who issued the certificate.
    package enum Origin: String, Hashable, Sendable {
        /// The device's own CA. The certificate is renewed automatically.
        case own
        /// Someone else; the certificate was imported. It is never renewed here.
        case imported
    }

    /// Who issued it.
    package let origin: Origin
    /// What clients pin. If the device's own CA has issued the certificate, it is the fingerprint of the CA's key, which
    /// stays when the certificate is renewed. Else it is that of the certificate's own key: another CA issues certificates
    /// for other devices, too, so a client that trusted its key would trust all of them.
    package let fingerprint: Fingerprint
    /// The fingerprint of the certificate's own key.
    package let ownFingerprint: Fingerprint
    /// The names and addresses that the certificate is for.
    package let names: CertificateNames
    /// The certificate is valid from this moment on.
    package let notBefore: Moment
    /// The certificate is valid until this moment.
    package let notAfter: Moment
    /// The file with the certificate of the device's own CA, for clients that verify by a CA file; `nil` if the certificate
    /// was imported.
    package let authorityFile: String?

    /// Whether the certificate is valid at `moment`.
    package func isValid(at moment: Moment) -> Bool { notBefore <= moment && moment <= notAfter }
}
