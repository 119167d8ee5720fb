/// *The certificate of a device*, its key and its CA: files in a folder, made by openssl(1).
///
///     let certificate = DeviceCertificate()
///     let change = try certificate.ensure(names: .ofThisMachine())
///     print(change.info.fingerprint)
///
/// The folder has `ca.pem` and `ca.key`, the device's own CA; and `certificate.pem` and `certificate.key`, what the device
/// presents: the certificate, and behind it the CA or what else was imported. Keys are for root only. The identity of the
/// device is the key of its CA: it stays when the certificate is renewed, and clients pin it.
///
/// Every change is all or nothing, also if the power fails: see `Commit`. Two processes do not interfere: there is a lock.
package struct DeviceCertificate: Sendable {
    /// The folder that the daemon's units use.
    package static let defaultFolder = "/var/lib/jet-tls"

    /// The folder with the files.
    package let folder: String
    /// What is called at each step of a change; tests stop there, like a loss of power.
    let checkpoint: @Sendable (Commit.Step) throws(CertificateError) -> Void
    let openSSL: OpenSSL

    /// The certificate in `folder`.
    package init(folder: String = defaultFolder) {
        self.init(folder: folder, openSSL: OpenSSL()) { (_) throws(CertificateError) in }
    }

    init(
        folder: String, openSSL: OpenSSL,
        checkpoint: @escaping @Sendable (Commit.Step) throws(CertificateError) -> Void
    ) {
        self.folder = folder
        self.openSSL = openSSL
        self.checkpoint = checkpoint
    }

    /// What was done, and the certificate that the device has now.
    package struct Change: Sendable {
        package let kind: Kind
        package let info: CertificateInfo

        /// Whether the files differ from those before.
        package var isChange: Bool { kind != .kept }
    }

    /// What was done.
    package enum Kind: Hashable, Sendable {
        /// Nothing had to be done.
        case kept
        /// The device has a CA for the first time.
        case created
        /// The device has another CA than before: clients that have pinned the former one refuse it.
        case identityChanged
        /// The device has a new certificate of the same CA.
        case renewed(Cause)
        /// A certificate was imported.
        case imported
    }

    /// Why a certificate was renewed.
    package enum Cause: String, Hashable, Sendable {
        /// Less than a third of its time was left.
        case age = "it would expire soon"
        /// The machine has a name or an address that was not in it.
        case names = "the names or addresses of the machine changed"
        /// It was not valid by the clock, which may have been set since.
        case clock = "it was not valid at the present time"
        /// Its files were missing or did not fit together.
        case damage = "its files were incomplete"
        /// An administrator wanted it.
        case request = "it was requested"
    }
}
