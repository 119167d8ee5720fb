internal import Files
internal import Moments
internal import NIOSSL

/// What the folder has, as far as it fits together. What does not is `nil`.
struct Stored {
    /// The key of the CA, in PEM.
    let authorityKey: [UInt8]?
    /// The certificate of the CA, if its key is that one.
    private let authority: PEMFile?
    /// What the device presents, if the key for it is there.
    private let chain: PEMFile?
    /// Who issued it; `nil` if it does not fit together.
    let origin: CertificateInfo.Origin?

    init(in folder: String) {
        func bytes(_ name: Commit.Name) -> [UInt8]? {
            try? File.regularContents("\(folder)/\(name.rawValue)", limit: PEMFile.limit)
        }
        func pem(_ name: Commit.Name) -> PEMFile? { bytes(name).flatMap { try? PEMFile($0, of: name.rawValue) } }
        let key = bytes(.authorityKey).flatMap { (try? NIOSSLPrivateKey(bytes: $0, format: .pem)) == nil ? nil : $0 }
        authorityKey = key
        authority = pem(.authority).flatMap { file in key.map(file.isAuthority) == true ? file : nil }
        chain = pem(.certificate).flatMap { file in bytes(.key).map(file.fits) == true ? file : nil }
        origin = chain.map { $0.isOwn ? .own : .imported }
    }

    /// Why the certificate must be made again; `nil` if it can stay.
    func causeToRenew(_ names: CertificateNames, at now: Moment) -> DeviceCertificate.Cause? {
        guard let chain, let authority, chain.certificates.count == 2, chain.last == authority.first else {
            return .damage
        }
        let (start, end) = (chain.first.start, chain.first.end)
        guard start <= now, now <= end, authority.first.start <= now, now <= authority.first.end else {
            // By a clock that is certainly wrong, nothing is decided: a new certificate would be valid no sooner.
            return now < CertificateMaker.earliest && CertificateMaker.earliest <= end ? nil : .clock
        }
        if (end.microseconds - now.microseconds) / 1_000_000 < UInt64(CertificateMaker.validity) / 3 { return .age }
        return names.isCovered(by: chain.first.names) ? nil : .names
    }

    /// The certificate of the CA, in PEM, if it is valid until `end`.
    func usableAuthority(until end: Moment) -> [UInt8]? {
        guard let authority, authority.first.end >= end else { return nil }
        return try? authority.text()
    }
}
