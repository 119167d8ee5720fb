internal import Files
internal import Glibc
package import Moments

extension DeviceCertificate {
    /// Makes the CA and the certificate if there are none; makes them again as far as they are damaged, are not valid, expire
    /// soon or lack a name. A certificate that was imported is left as it is.
    ///
    /// A name or an address that the machine no longer has is no reason to renew the certificate; it disappears with the next
    /// one.
    package func ensure(names: CertificateNames, at now: Moment = .now) throws(CertificateError) -> Change {
        try changing { () throws(CertificateError) in
            let stored = Stored(in: folder)
            if stored.origin == .imported { return Change(kind: .kept, info: try info()) }
            guard let cause = stored.causeToRenew(names, at: now) else {
                return Change(kind: .kept, info: try info())
            }
            return try make(names, at: now, keeping: stored, because: cause)
        }
    }

    /// Makes a new certificate of the same CA now.
    package func renew(names: CertificateNames, at now: Moment = .now) throws(CertificateError) -> Change {
        try changing { () throws(CertificateError) in
            let stored = Stored(in: folder)
            if stored.origin == .imported { throw Self.notOwn("renew it where it was issued, and import it again") }
            return try make(names, at: now, keeping: stored, because: .request)
        }
    }

    /// Makes a new CA and a new certificate. Every client that has pinned the former CA must learn the new fingerprint.
    package func rotate(names: CertificateNames, at now: Moment = .now) throws(CertificateError) -> Change {
        try changing { () throws(CertificateError) in
            if Stored(in: folder).origin == .imported {
                throw Self.notOwn("'reset' first returns to the device's own CA")
            }
            return try make(names, at: now, keeping: nil, because: .request)
        }
    }

    /// Drops an imported certificate, and returns to one of the device's own CA.
    package func reset(names: CertificateNames, at now: Moment = .now) throws(CertificateError) -> Change {
        try changing { () throws(CertificateError) in
            let stored = Stored(in: folder)
            if stored.origin == .own, stored.causeToRenew(names, at: now) == nil {
                return Change(kind: .kept, info: try info())
            }
            return try make(names, at: now, keeping: stored, because: .request)
        }
    }

    private static func notOwn(_ advice: String) -> CertificateError {
        CertificateError(.imported, "the certificate was imported: \(advice)")
    }

    /// Runs a change alone, after what an interrupted one has left is completed.
    func changing<Result>(_ body: () throws(CertificateError) -> Result) throws(CertificateError) -> Result {
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw CertificateError(.inaccessible, "\(SystemCallError("mkdir", folder))")
        }
        let lock = try accessing { () throws(SystemCallError) in try FileLock("\(folder)/.lock") }
        defer { lock.release() }
        try Commit.recover(in: folder)
        return try body()
    }

    private func make(
        _ names: CertificateNames, at now: Moment, keeping stored: Stored?, because cause: Cause
    ) throws(CertificateError) -> Change {
        let maker = try CertificateMaker(openSSL, in: folder, at: now)
        var files: [Commit.Name: [UInt8]] = [:]
        let authorityKey: [UInt8]
        let hadCertificate = Commit.Name.allCases.contains { File.exists("\(folder)/\($0.rawValue)") }
        if let key = stored?.authorityKey {
            authorityKey = key
        } else {
            authorityKey = try maker.makeKey()
            files[.authorityKey] = authorityKey
        }
        let authority: [UInt8]
        if let present = stored?.usableAuthority(until: maker.end) {
            authority = present
        } else {
            authority = try maker.makeAuthority(key: authorityKey, host: names.hosts.first ?? "")
            files[.authority] = authority
        }
        let key: [UInt8] = try maker.makeKey()
        let leaf = try maker.makeCertificate(
            key: key, names: names, authority: authority, authorityKey: authorityKey)
        files[.key] = key
        files[.certificate] = try PEMFile(leaf + authority, of: "certificate.pem").text()
        try Commit.replace(files, in: folder, checkpoint)
        let kind: Kind = files[.authorityKey] == nil ? .renewed(cause) : hadCertificate ? .identityChanged : .created
        return Change(kind: kind, info: try info())
    }
}
