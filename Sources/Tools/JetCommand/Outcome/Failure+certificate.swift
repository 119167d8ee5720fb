import DeviceCertificate

extension Failure {
    /// The error for an error of the device's certificate.
    init(_ error: CertificateError) {
        let text = error.description
        self.init(.refused, Self.sentence(text.prefix(1).uppercased() + text.dropFirst()))
    }
}
