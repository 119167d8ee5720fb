import DeviceCertificate
import Digests
import Files
import Jet

/// The key pair of a user, by which daemons know the user: `key.pem`, and a certificate for it in `key.crt`. TLS needs the
/// certificate; what counts is its key.
struct OwnKey: Sendable {
    /// Where it is.
    let folder: UserFolder

    private static let keyName = "key.pem"
    private static let certificateName = "key.crt"

    /// The key pair in a folder.
    init(in folder: UserFolder) { self.folder = folder }

    /// The file with the private key.
    var keyFile: String { folder.file(Self.keyName) }
    /// The file with the certificate.
    var certificateFile: String { folder.file(Self.certificateName) }

    /// Whether there is one.
    var exists: Bool { File.exists(keyFile) && File.exists(certificateFile) }

    /// Checks that only the user can read the private key.
    func checkPrivate() throws(Failure) { try folder.checkPrivate(Self.keyName) }

    /// What a connection needs that trusts these daemons, and offers them the key if there is one.
    ///
    /// - Throws: `Failure` if others can read the key.
    func security(_ trust: Peer.Trust, offersKey: Bool) throws(Failure) -> Peer.Security {
        guard offersKey, exists else { return Peer.Security(trust: trust) }
        try checkPrivate()
        return Peer.Security(trust: trust, key: Peer.ClientKey(certificateFile: certificateFile, keyFile: keyFile))
    }

    /// The fingerprint of the key.
    ///
    /// - Throws: `Failure` if the certificate cannot be read.
    func fingerprint() throws(Failure) -> Fingerprint {
        do throws(CertificateError) {
            return try PeerKey.fingerprint(certificateFile: certificateFile)
        } catch {
            throw Failure(error)
        }
    }

    /// Makes a key pair with openssl(1), if there is none.
    ///
    /// - Returns: Whether a key was made.
    /// - Throws: `Failure` if openssl is missing or fails, or the files cannot be written.
    func make() throws -> Bool {
        try folder.locked {
            if exists { return false }
            do throws(CertificateError) {
                try PeerKey.make(keyFile: keyFile, certificateFile: certificateFile)
            } catch {
                throw Failure(error)
            }
            return true
        }
    }
}
