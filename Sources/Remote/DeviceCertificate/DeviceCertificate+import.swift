internal import Files
package import Moments
internal import NIOSSL

extension DeviceCertificate {
    /// Replaces the certificate by one that someone else has issued: by a CA of the administrator, or by an ACME client
    /// (`fullchain.pem` and `privkey.pem`). The device's own CA is kept for `reset`.
    ///
    /// - Parameters:
    ///   - certificateFile: PEM: the certificate, then the one that issued it, and so on.
    ///   - keyFile: PEM: the key of the first certificate, without a passphrase.
    package func importFiles(
        certificate certificateFile: String, key keyFile: String, at now: Moment = .now
    ) throws(CertificateError) -> Change {
        let chain = try PEMFile(contentsOf: certificateFile)
        let key = try accessing { () throws(SystemCallError) in try File.contents(keyFile, limit: PEMFile.limit) }
        guard (try? NIOSSLPrivateKey(bytes: key, format: .pem)) != nil else {
            let isEncrypted = String(decoding: key, as: UTF8.self).contains("ENCRYPTED")
            throw CertificateError(
                .unreadable,
                isEncrypted
                    ? "\(keyFile) needs a passphrase; remove it with 'openssl pkey -in \(keyFile) -out NEW-FILE'"
                    : "\(keyFile) has no private key in PEM (-----BEGIN PRIVATE KEY-----)")
        }
        guard chain.fits(key: key) else {
            throw CertificateError(
                .otherKey, "\(keyFile) is not the key of the first certificate in \(certificateFile)")
        }
        try Self.checkDates(chain, certificateFile, at: now)
        return try changing { () throws(CertificateError) in
            try checkOrder(chain, certificateFile)
            try Commit.replace([.key: key, .certificate: try chain.text()], in: folder, checkpoint)
            return Change(kind: .imported, info: try info())
        }
    }

    private static func checkDates(_ chain: PEMFile, _ path: String, at now: Moment) throws(CertificateError) {
        for (index, certificate) in chain.certificates.enumerated() {
            if certificate.end < now {
                throw CertificateError(
                    .expired,
                    "certificate \(index + 1) of \(path) has expired at \(certificate.end.text ?? "?"); get a new one")
            }
            if now < certificate.start {
                throw CertificateError(
                    .notYetValid,
                    "certificate \(index + 1) of \(path) is not valid before \(certificate.start.text ?? "?"); "
                        + "if that is in the past, set the clock of this machine")
            }
        }
    }

    /// Has openssl check that each certificate is signed by the one behind it.
    private func checkOrder(_ chain: PEMFile, _ path: String) throws(CertificateError) {
        let work = try WorkFolder("\(folder)/.work")
        defer { work.remove() }
        for index in chain.certificates.indices.dropLast() {
            let (subject, issuer) = (chain.certificates[index], chain.certificates[index + 1])
            try work.write("subject", try PEMFile([subject]).text(), mode: 0o600)
            try work.write("issuer", try PEMFile([issuer]).text(), mode: 0o600)
            do throws(CertificateError) {
                try openSSL.run(
                    in: work.path, "verify", "-partial_chain", "-no_check_time", "-trusted", "./issuer", "./subject")
            } catch {
                if error.reason == .noOpenSSL { throw error }
                throw CertificateError(
                    .wrongOrder,
                    "certificate \(index + 1) of \(path) is not signed by certificate \(index + 2); put the "
                        + "certificate first, then the one that issued it, and so on")
            }
        }
    }
}
