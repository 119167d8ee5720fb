import Files
import Glibc
import TLSGateway

/// Where the certificate of the gateway and its key are.
struct CertificateFiles: Hashable {
    let certificate: String
    let key: String

    /// The folder into which `jet-certificate hand-over` copies renewed files for a reload: systemd does not renew the
    /// credentials of a service that runs.
    static let handOver = "/run/jet-tls-reload"
    private static let names = (certificate: "certificate.pem", key: "certificate.key")

    /// The files in a folder.
    init(folder: String) {
        certificate = "\(folder)/\(Self.names.certificate)"
        key = "\(folder)/\(Self.names.key)"
    }

    /// Files with names of their own.
    init(certificate: String, key: String) { (self.certificate, self.key) = (certificate, key) }

    /// The files to use: those that the options name; else those that were handed over for a reload, if they are newer
    /// than the credentials of the service; else these.
    static func current(
        _ options: JetTLSOptions, credentials: String?, handOver: String = Self.handOver
    ) throws(GatewayError) -> CertificateFiles {
        if let certificate = options.certificate, let key = options.key {
            return Self(certificate: certificate, key: key)
        }
        guard let credentials else {
            throw GatewayError("there is no certificate: use --certificate and --key, or start jet-tls.service")
        }
        let (own, renewed) = (Self(folder: credentials), Self(folder: handOver))
        guard let renewal = renewed.changed else { return own }
        guard let start = own.changed else { return renewed }
        return start < renewal ? renewed : own
    }

    /// When the certificate was written, in nanoseconds since 1970; `nil` if it is not there.
    private var changed: Int? {
        guard let time = try? OpenFile(certificate).status().st_mtim else { return nil }
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Reads them.
    ///
    /// - Parameter clientAuthorities: The file with the certificates of the CAs for clients.
    func read(clientAuthorities: String?) throws(GatewayError) -> GatewayCredentials {
        let authorities = try clientAuthorities.map { path throws(GatewayError) in
            try Self.contents(path, "client-ca-file")
        }
        do {
            return try GatewayCredentials(
                certificate: Self.contents(certificate, "the certificate"), key: Self.contents(key, "the key"),
                clientAuthorities: authorities)
        } catch {
            throw GatewayError("\(error) (\(certificate))")
        }
    }

    private static func contents(_ path: String, _ name: String) throws(GatewayError) -> [UInt8] {
        do {
            return try File.contents(path, limit: 1 << 20)
        } catch {
            throw GatewayError("\(name) \(path) cannot be read: \(error.reason)")
        }
    }
}
