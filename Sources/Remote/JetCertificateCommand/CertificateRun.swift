import DeviceCertificate
import Digests
import Glibc
import Moments

/// One run of `jet-certificate`: what the command line asks for.
struct CertificateRun {
    /// What is done.
    enum Verb: String, CaseIterable {
        case ensure
        case renew
        case rotate
        case reset
        case `import`
        case handOver = "hand-over"
        case show
    }

    /// The command line makes no sense.
    struct UsageError: Error, CustomStringConvertible {
        let description: String
    }

    let verb: Verb
    private let certificate: DeviceCertificate
    private let files: [String]

    /// Whether the certificate is the one that the gateway uses.
    var isDefaultFolder: Bool { certificate.folder == DeviceCertificate.defaultFolder }

    init(_ arguments: ArraySlice<String>) throws(UsageError) {
        var arguments = arguments
        var folder = DeviceCertificate.defaultFolder
        if arguments.first == "--folder" {
            guard let named = arguments.dropFirst().first else {
                throw UsageError(description: "--folder needs a folder")
            }
            folder = named
            arguments = arguments.dropFirst(2)
        }
        guard let word = arguments.first, let verb = Verb(rawValue: word) else {
            throw UsageError(
                description: "takes one word: " + Verb.allCases.map(\.rawValue).joined(separator: ", ")
                    + "; 'import' also a certificate and its key, two files in PEM. See jet-certificate(8).")
        }
        files = Array(arguments.dropFirst())
        guard files.count == (verb == .import ? 2 : 0) else {
            throw UsageError(
                description: verb == .import
                    ? "import takes two files in PEM: the certificate with its chain, and the key"
                    : "\(verb.rawValue) takes no arguments")
        }
        self.verb = verb
        certificate = DeviceCertificate(folder: folder)
    }

    /// Does it.
    ///
    /// - Parameter show: Takes what is printed.
    /// - Returns: What became of the certificate; `nil` if it cannot have changed.
    func carryOut(_ show: (String) -> Void) throws(CertificateError) -> DeviceCertificate.Change? {
        switch verb {
        case .ensure: return try ensure()
        case .renew: return try certificate.renew(names: .ofThisMachine())
        case .rotate: return try certificate.rotate(names: .ofThisMachine())
        case .reset: return try certificate.reset(names: .ofThisMachine())
        case .import: return try certificate.importFiles(certificate: files[0], key: files[1])
        case .handOver:
            try certificate.handOver(group: Self.gatewayGroup())
            return nil
        case .show:
            show(Self.text(try certificate.info()))
            return nil
        }
    }

    /// Makes sure of the certificate, again if the names change meanwhile: systemd does not watch the names while this
    /// service runs.
    private func ensure() throws(CertificateError) -> DeviceCertificate.Change {
        var names = try CertificateNames.ofThisMachine()
        var change = try certificate.ensure(names: names)
        for _ in 0..<3 {
            let present = try CertificateNames.ofThisMachine()
            if present == names { break }
            names = present
            let next = try certificate.ensure(names: names)
            if next.isChange || !change.isChange { change = next }
        }
        return change
    }

    /// The group that may read what is handed over.
    private static func gatewayGroup() throws(CertificateError) -> gid_t {
        guard let group = getgrnam("jet-tls") else {
            throw CertificateError(
                .inaccessible, "there is no group jet-tls: run 'systemd-sysusers', or install the package jet again")
        }
        return group.pointee.gr_gid
    }

    private static func text(_ info: CertificateInfo) -> String {
        """
        Fingerprint  \(info.fingerprint)
        In words     \(info.fingerprint.words)
        Names        \(info.names)
        Valid        from \(info.notBefore.text ?? "?") to \(info.notAfter.text ?? "?")
        Issued by    \(info.authorityFile.map { "the device's own CA, \($0)" } ?? "another CA; it was imported")

        """
    }

    /// Why an administrator should look after an imported certificate; `nil` for no reason.
    static func shortcoming(of info: CertificateInfo, at now: Moment) -> String? {
        guard info.origin == .imported else { return nil }
        if !info.isValid(at: now) { return "it is not valid now; import a new one, or 'jet-certificate reset'" }
        let soon = now.advanced(seconds: 14 * 24 * 60 * 60)
        return info.isValid(at: soon) ? nil : "it expires in less than 14 days; renew it and import it again"
    }
}
