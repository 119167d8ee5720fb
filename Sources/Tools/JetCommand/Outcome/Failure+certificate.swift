import DeviceCertificate

extension Failure {
    /// The error for an error of the device's certificate.
    init(_ error: CertificateError) {
        let text = error.description
        // A path at the beginning stays as it is.
        let isWord = text.prefix { $0 != " " }.allSatisfy(\.isLetter)
        self.init(.refused, Self.sentence(isWord ? text.prefix(1).uppercased() + text.dropFirst() : text))
    }
}
