internal import Files
internal import Glibc

extension DeviceCertificate {
    /// What the device presents. Everyone may read that.
    package func info() throws(CertificateError) -> CertificateInfo {
        let path = "\(folder)/\(Commit.Name.certificate.rawValue)"
        guard File.exists(path) else {
            throw CertificateError(
                .missing,
                "there is no certificate yet (\(path)): it is made when the remote socket is enabled, by "
                    + "'jet remote enable', or by 'systemctl start jet-certificate.service'")
        }
        let chain = try PEMFile(contentsOf: path)
        let origin: CertificateInfo.Origin = chain.isOwn ? .own : .imported
        return CertificateInfo(
            origin: origin, fingerprint: try (origin == .own ? chain.last : chain.first).fingerprint(),
            ownFingerprint: try chain.first.fingerprint(),
            names: chain.first.names, notBefore: chain.first.start, notAfter: chain.first.end,
            authorityFile: origin == .own ? "\(folder)/\(Commit.Name.authority.rawValue)" : nil)
    }
}
