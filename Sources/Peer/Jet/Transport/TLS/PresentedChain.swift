import Digests
import Moments
import NIOCore
import NIOSSL

/// The certificates that a daemon has presented, of which nothing is verified yet.
struct PresentedChain: Sendable {
    /// The device's certificate first.
    let certificates: [(certificate: NIOSSLCertificate, contents: CertificateContents)]

    /// Reads certificates; `nil` if there is none, or one that cannot be read.
    init?(_ presented: [NIOSSLCertificate]) {
        var certificates: [(certificate: NIOSSLCertificate, contents: CertificateContents)] = []
        for certificate in presented.prefix(16) {
            guard let der = try? certificate.toDERBytes(), let contents = CertificateContents(der: der) else {
                return nil
            }
            certificates.append((certificate, contents))
        }
        guard !certificates.isEmpty else { return nil }
        self.certificates = certificates
    }

    /// The fingerprint by which the daemon is known: that of its own authority's key, else that of its certificate's. Any
    /// other authority issues certificates for many machines, and must not stand for one device.
    var identity: Fingerprint {
        let last = certificates[certificates.count - 1].contents
        return last.isDeviceAuthority ? last.fingerprint : certificates[0].contents.fingerprint
    }

    /// What is known of them.
    var summary: PresentedCertificates {
        let leaf = certificates[0].contents
        return PresentedCertificates(
            identity: identity, fingerprints: certificates.map(\.contents.fingerprint), names: names,
            notBefore: leaf.notBefore, notAfter: leaf.notAfter)
    }

    /// The names and addresses that the device's certificate is for.
    var names: [String] {
        certificates[0].certificate._subjectAlternativeNames().prefix(100).compactMap { name in
            switch name.nameType {
            case .dnsName:
                let text = String(decoding: name.contents, as: UTF8.self)
                return text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value < 127 } ? text : nil
            case .ipAddress:
                let address = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: name.contents), port: 0)
                return address?.ipAddress
            default: return nil
            }
        }
    }

    /// What the pins say of this chain.
    enum Verdict {
        /// The device's certificate has a pinned key, and is valid.
        case leaf
        /// This certificate has a pinned key, and must have signed the device's; which must be for the host's name, too,
        /// unless the authority is one of this device.
        case authority(NIOSSLCertificate, verifiesHost: Bool)
        /// It is not trusted.
        case refused(CertificateProblem)
    }

    /// Compares the keys with those that are expected, and the dates with the present time.
    func verdict(expecting pins: [Fingerprint], at now: Int) -> Verdict {
        guard let place = certificates.firstIndex(where: { isPinned($0, pins) }) else {
            return .refused(.otherKey(expected: pins, presented: identity))
        }
        if let problem = dateProblem(upTo: place, at: now) { return .refused(problem) }
        if place == 0 { return .leaf }
        guard certificates[place].contents.isSelfIssued else {
            return .refused(.unknownAuthority(presented: certificates[place].contents.fingerprint))
        }
        return .authority(
            certificates[place].certificate, verifiesHost: !certificates[place].contents.isDeviceAuthority)
    }

    /// Whether a certificate has a pinned key, in the reading of this library and in that of the one that does TLS.
    private func isPinned(
        _ certificate: (certificate: NIOSSLCertificate, contents: CertificateContents), _ pins: [Fingerprint]
    ) -> Bool {
        // The second reading traps at a key that it does not know: it is only asked for keys that are pinned.
        guard pins.contains(certificate.contents.fingerprint),
            let key = try? certificate.certificate.extractPublicKey().toSPKIBytes()
        else { return false }
        return Fingerprint(ofKey: key) == certificate.contents.fingerprint
    }

    /// Why one of the first certificates, up to `place`, is not valid now.
    private func dateProblem(upTo place: Int, at now: Int) -> CertificateProblem? {
        for (_, contents) in certificates[...place] {
            if contents.notAfter < now { return .expired }
            if contents.notBefore > now { return .notYetValid }
        }
        return nil
    }

    /// Why this chain was not accepted by a verification against authorities, which says only that it was not.
    func problem(host: String?, at now: Int) -> CertificateProblem {
        if let problem = dateProblem(upTo: certificates.count - 1, at: now) { return problem }
        if let host { return .otherName(host: host, names: names) }
        return .unknownAuthority(presented: identity)
    }
}

extension Moment {
    /// The seconds since the beginning of 1970.
    var seconds: Int { Int(clamping: microseconds / 1_000_000) }
}
