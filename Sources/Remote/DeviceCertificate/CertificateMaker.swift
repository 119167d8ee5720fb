internal import Digests
internal import Files
internal import Moments

/// Makes keys and certificates with openssl, in a folder of its own that only root can enter.
///
/// `openssl ca` is used because it is the one command of openssl 3.0 that sets both dates of a certificate. Its list of
/// certificates begins empty each time; serial numbers are random.
struct CertificateMaker: ~Copyable {
    private let openSSL: OpenSSL
    private let work: WorkFolder
    private let now: Moment

    private static let day = 24 * 60 * 60
    /// Devices without a clock start in the past: a certificate that is made then must still be usable when the clock is
    /// set. No moment before this one is believed, nor one after 2200.
    static let earliest = Moment(microseconds: 1_767_225_600_000_000)
    private static let latest = Moment(microseconds: 7_258_118_400_000_000)
    /// How long a certificate is valid, from first to last moment: what clients accept.
    static let validity = 397 * day - 1
    /// How far the first moment lies in the past, for clients whose clocks are behind.
    static let backdating = 2 * day
    /// How long a CA is valid from now on.
    private static let authorityValidity = 30 * 365 * day

    /// - Parameter folder: Where the folder for the work is made.
    init(_ openSSL: OpenSSL, in folder: String, at now: Moment) throws(CertificateError) {
        // First what can fail: Swift 6.2 does not compile an initializer that fails after it has set a property.
        work = try WorkFolder("\(folder)/.work")
        self.openSSL = openSSL
        self.now = min(max(now, Self.earliest), Self.latest)
    }

    deinit { work.remove() }

    /// A new key, in PEM.
    func makeKey() throws(CertificateError) -> [UInt8] {
        try openSSL.run(
            in: work.path, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt",
            "ec_param_enc:named_curve", "-out", "./new.key")
        return try work.read("new.key")
    }

    /// The certificate of a CA with this key.
    ///
    /// - Parameter host: The host name, for people who look at the CA; it may be empty.
    func makeAuthority(key: [UInt8], host: String) throws(CertificateError) -> [UInt8] {
        try prepare(name: DeviceAuthority.mark + (host.isEmpty ? "a device" : String(host.prefix(50))))
        try work.write("ca.key", key, mode: 0o600)
        try openSSL.run(in: work.path, "req", "-new", "-config", "./config", "-key", "./ca.key", "-out", "./request")
        try openSSL.run(
            in: work.path, "ca", "-batch", "-notext", "-config", "./config", "-selfsign", "-keyfile", "./ca.key", "-in",
            "./request", "-out", "./made", "-extensions", "authority", "-startdate", "20000101000000Z", "-enddate",
            Self.text(now.advanced(seconds: Self.authorityValidity)))
        return try work.read("made")
    }

    /// The last moment of a certificate that is made now.
    var end: Moment { start.advanced(seconds: Self.validity) }
    private var start: Moment { Moment(microseconds: now.microseconds - UInt64(Self.backdating) * 1_000_000) }

    /// A certificate for `names` with this key, issued by a CA.
    func makeCertificate(
        key: [UInt8], names: CertificateNames, authority: [UInt8], authorityKey: [UInt8]
    ) throws(CertificateError) -> [UInt8] {
        let host = names.hosts.first ?? ""
        try prepare(name: host.isEmpty || host.utf8.count > 64 ? "Jet" : host, names)
        try work.write("ca.key", authorityKey, mode: 0o600)
        try work.write("ca.pem", authority, mode: 0o600)
        try work.write("certificate.key", key, mode: 0o600)
        try openSSL.run(
            in: work.path, "req", "-new", "-config", "./config", "-key", "./certificate.key", "-out", "./request")
        try openSSL.run(
            in: work.path, "ca", "-batch", "-notext", "-config", "./config", "-cert", "./ca.pem", "-keyfile",
            "./ca.key",
            "-in", "./request", "-out", "./made", "-extensions", "certificate", "-startdate", Self.text(start),
            "-enddate",
            Self.text(end))
        return try work.read("made")
    }

    /// Writes the configuration of `openssl req` and `openssl ca`. Names have only letters, digits, hyphens and dots, and
    /// addresses only digits, dots and colons: see `CertificateNames`.
    private func prepare(
        name: String, _ names: CertificateNames = CertificateNames(hosts: [], addresses: [])
    ) throws(CertificateError) {
        let alternatives =
            names.hosts.enumerated().map { "DNS.\($0.offset + 1) = \($0.element)" }
            + names.addresses.enumerated().map { "IP.\($0.offset + 1) = \($0.element)" }
        try work.write("index", "")
        try work.write("config", Self.configuration(name: name, alternatives))
    }

    private static func configuration(name: String, _ alternatives: [String]) -> String {
        """
        [req]
        prompt = no
        string_mask = utf8only
        distinguished_name = name
        [name]
        CN = \(name)
        [ca]
        default_ca = settings
        [settings]
        database = $ENV::JET_WORK/index
        new_certs_dir = $ENV::JET_WORK
        rand_serial = yes
        default_md = sha256
        unique_subject = no
        policy = policy
        email_in_dn = no
        copy_extensions = none
        [policy]
        commonName = supplied
        [authority]
        basicConstraints = critical, CA:TRUE, pathlen:0
        keyUsage = critical, keyCertSign, cRLSign
        subjectKeyIdentifier = hash
        [certificate]
        basicConstraints = critical, CA:FALSE
        keyUsage = critical, digitalSignature
        extendedKeyUsage = serverAuth
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        \(alternatives.isEmpty ? "" : "subjectAltName = @names\n[names]\n" + alternatives.joined(separator: "\n"))

        """
    }

    /// A moment as openssl reads it: `20261130150000Z`.
    private static func text(_ moment: Moment) -> String {
        (moment.text ?? "").filter { $0.isNumber || $0 == "Z" }
    }
}
