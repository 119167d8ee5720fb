internal import Files
package import Glibc

extension DeviceCertificate {
    /// Where the gateway finds a renewed certificate, see jet-tls(8).
    package static let handOverFolder = "/run/jet-tls-reload"

    /// Copies the certificate and its key to a folder in which `group` may read them and not change them: to
    /// hand them to a running service, whose credentials (systemd.exec(5)) are those of its start.
    package func handOver(to target: String = handOverFolder, group: gid_t) throws(CertificateError) {
        // The files must be of one certificate.
        let (certificate, key) = try changing { () throws(CertificateError) in
            try accessing { () throws(SystemCallError) in
                (
                    try File.regularContents("\(folder)/\(Commit.Name.certificate.rawValue)", limit: PEMFile.limit),
                    try File.regularContents("\(folder)/\(Commit.Name.key.rawValue)", limit: PEMFile.limit)
                )
            }
        }
        try accessing { () throws(SystemCallError) in
            guard mkdir(target, 0o700) == 0 || errno == EEXIST else { throw SystemCallError("mkdir", target) }
            let open = try Folder(target, followsLink: false)
            let status = try open.status()
            // In /run only root can have made it; elsewhere this is the check.
            guard status.st_uid == geteuid() else { throw SystemCallError("open", target, code: EPERM) }
            guard lchown(target, geteuid(), group) == 0 else { throw SystemCallError("chown", target) }
            guard chmod(target, 0o750) == 0 else { throw SystemCallError("chmod", target) }
            for (name, bytes) in [(Commit.Name.key, key), (.certificate, certificate)] {
                try File.replace("\(target)/\(name.rawValue)", with: bytes, mode: 0o640, group: group)
            }
        }
    }
}
