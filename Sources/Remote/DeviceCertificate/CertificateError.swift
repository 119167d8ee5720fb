/// Why a certificate could not be made, read or imported, in words for an administrator.
package struct CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of errors, for programs.
    package enum Reason: Hashable, Sendable {
        /// There is no certificate yet.
        case missing
        /// The program `openssl` is not installed.
        case noOpenSSL
        /// The program `openssl` failed.
        case openSSLFailed
        /// A file cannot be read or written.
        case inaccessible
        /// A file has no certificate or no key in it.
        case unreadable
        /// The key is not that of the certificate.
        case otherKey
        /// The certificates of a chain are not in order.
        case wrongOrder
        /// A certificate has expired.
        case expired
        /// A certificate is not valid yet.
        case notYetValid
        /// The verb is for certificates of the device's own CA only.
        case imported
    }

    /// What kind it is.
    package let reason: Reason
    /// What happened and what to do.
    package let description: String

    package init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}
