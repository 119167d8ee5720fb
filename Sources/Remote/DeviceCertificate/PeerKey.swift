package import Digests
internal import Files
internal import Glibc

/// The key by which a client logs in, and the self-signed certificate that carries it in a handshake.
package enum PeerKey {
    /// Makes a new key (EC P-256) and its certificate: two files in PEM that only their owner can read.
    ///
    /// - Parameters:
    ///   - keyFile: Where the key goes. A file that is there is replaced.
    ///   - certificateFile: Where the certificate goes. A file that is there is replaced.
    package static func make(
        keyFile: String, certificateFile: String, openSSL: OpenSSL = OpenSSL()
    ) throws(CertificateError) {
        let work = try WorkFolder(beside: keyFile)
        defer { work.remove() }
        try openSSL.run(
            in: work.path, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt",
            "ec_param_enc:named_curve", "-out", "./key")
        // The certificate only carries the key: neither its dates nor its names matter.
        try openSSL.run(
            in: work.path, "req", "-x509", "-new", "-key", "./key", "-sha256", "-subj", "/CN=Jet peer key", "-days",
            "36500", "-out", "./certificate")
        do throws(SystemCallError) {
            let key = try File.contents("\(work.path)/key", limit: PEMFile.limit)
            let certificate = try File.contents("\(work.path)/certificate", limit: PEMFile.limit)
            try File.replace(keyFile, with: key, mode: 0o600, isDurable: true)
            try File.replace(certificateFile, with: certificate, mode: 0o600, isDurable: true)
        } catch {
            throw CertificateError(.inaccessible, "\(error)")
        }
    }

    /// The fingerprint of the key in a certificate's file.
    package static func fingerprint(certificateFile: String) throws(CertificateError) -> Fingerprint {
        try PEMFile(contentsOf: certificateFile).first.fingerprint()
    }
}
