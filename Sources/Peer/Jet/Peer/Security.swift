public import Digests
public import JetProtocol
import NIOPosix

extension Peer {
    /// How a peer knows that it talks to the right daemon, and how the daemon knows the peer: for connections with TLS
    /// (`jets://` and `wss://`). Others ignore it.
    ///
    ///     var configuration = Peer.Configuration(name: "panel", reconnect: .always())
    ///     configuration.security.trust = .fingerprints([fingerprint])
    ///     configuration.security.key = Peer.ClientKey(certificateFile: "panel.crt", keyFile: "panel.pem")
    ///     let peer = try await Peer.connect(to: Endpoint(parsing: "jets://shed.local"), configuration: configuration)
    ///
    /// The daemon's certificate is always verified; there is no way to switch that off.
    public struct Security: Hashable, Sendable {
        /// Which certificates of daemons are trusted.
        public var trust: Trust
        /// The key by which the daemon knows the peer; `nil` for none.
        public var key: ClientKey?
        /// Whether the peer logs in with the key on every connect. Only a peer that is going to pair does not, since the
        /// daemon does not know its key yet: see ``Peer/pair(code:title:)``.
        public var logsIn: Bool

        /// The authorities that the system trusts, and no key, or something else in place of some.
        public init(trust: Trust = .systemAuthorities, key: ClientKey? = nil, logsIn: Bool = true) {
            self.trust = trust
            self.key = key
            self.logsIn = logsIn
        }
    }

    /// Which certificates of daemons are trusted.
    public enum Trust: Hashable, Sendable {
        /// Those of the certificate authorities that the system trusts, for the host that is connected to.
        case systemAuthorities
        /// Those of the certificate authorities in this file (PEM), for the host that is connected to. The file is read on
        /// every connect.
        case authorities(file: String)
        /// Those of daemons that present a certificate with one of these keys: that of the device's own authority, which
        /// has then signed the certificate of the device, or that of the device's certificate itself. Dates are verified;
        /// names are not, since the authority is that of one device.
        case fingerprints([Fingerprint])
    }

    /// A key by which the daemon knows a peer, with a certificate for it. Both are files (PEM), which are read on every
    /// connect.
    public struct ClientKey: Hashable, Sendable {
        /// The file with the certificate.
        public var certificateFile: String
        /// The file with the private key.
        public var keyFile: String

        /// The key in these files.
        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }
}

/// The certificates that a daemon presents, before it is known whether they can be trusted: see
/// ``Peer/presentedCertificates(at:timeout:)``.
public struct PresentedCertificates: Hashable, Sendable {
    /// The fingerprint by which the daemon is known: that of the key of the device's own authority; if it does not present
    /// one, that of its certificate's key.
    public let identity: Fingerprint
    /// The fingerprints of the keys of all certificates, that of the device first.
    public let fingerprints: [Fingerprint]
    /// The names and addresses that the device's certificate is for.
    public let names: [String]
    /// From when the device's certificate is valid, in seconds since 1970.
    public let notBefore: Int
    /// Until when the device's certificate is valid, in seconds since 1970.
    public let notAfter: Int

    package init(identity: Fingerprint, fingerprints: [Fingerprint], names: [String], notBefore: Int, notAfter: Int) {
        self.identity = identity
        self.fingerprints = fingerprints
        self.names = names
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}

extension Peer {
    /// Asks a daemon for its certificates, and hangs up before anything else is sent. They prove nothing yet: the key must
    /// be compared with one that came another way, and is proven when a peer connects with
    /// ``Trust/fingerprints(_:)``.
    ///
    ///     let presented = try await Peer.presentedCertificates(at: endpoint)
    ///     print(presented.identity)
    ///
    /// - Throws: `.notConnected` with a sentence that says where and why; `.invalidEndpoint` if connections to `endpoint`
    ///   do not use TLS.
    public static func presentedCertificates(
        at endpoint: Endpoint, timeout: Duration = .seconds(5)
    ) async throws(JetError) -> PresentedCertificates {
        guard endpoint.isSecure, let (host, port) = endpoint.address else {
            throw JetError(.invalidEndpoint, "\(endpoint) is without TLS, and so without certificates")
        }
        let dialer = Dialer(
            endpoint: endpoint, security: Security(), messageLimit: 0, timeout: timeout,
            loop: MultiThreadedEventLoopGroup.singleton.next())
        do {
            return try await SecureDialer(dialer, host: host, port: port).presentedChain().summary
        } catch {
            throw ConnectError.explain(error, endpoint)
        }
    }
}
