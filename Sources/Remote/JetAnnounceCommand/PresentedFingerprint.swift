import DeviceCertificate
import Digests
import Glibc
import Synchronization

/// The fingerprint of the certificate that the device presents. The file is read when it was replaced.
final class PresentedFingerprint: Sendable {
    private struct Version: Equatable {
        let file: UInt
        let seconds: Int
        let nanoseconds: Int
    }

    private let certificate = DeviceCertificate()
    private let known = Mutex<(version: Version, fingerprint: Fingerprint?)?>(nil)

    /// The fingerprint now; `nil` if there is no certificate.
    func current() -> Fingerprint? {
        var status = stat()
        guard stat("\(certificate.folder)/certificate.pem", &status) == 0 else { return nil }
        let version = Version(
            file: UInt(status.st_ino), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
        return known.withLock { known in
            if let known, known.version == version { return known.fingerprint }
            let fingerprint = try? certificate.info().fingerprint
            known = (version, fingerprint)
            return fingerprint
        }
    }
}
