import Digests
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The contexts of TLS connections of this process. Making one reads files and parses certificates, hundreds of them for
/// the system's authorities: each is made once, and not on an event loop. Nothing of this exists before the first
/// connection with TLS.
final class TLSContexts: Sendable {
    static let shared = TLSContexts()

    /// The certificates that a chain must end in.
    enum Roots: Hashable, Sendable {
        /// Those that the system trusts.
        case system
        /// Those in a file with these bytes (PEM).
        case pem([UInt8])
        /// This one (DER).
        case certificate([UInt8])
        /// None: what is presented is looked at by a callback.
        case none
    }

    /// All that a context is made of.
    struct Parameters: Hashable, Sendable {
        var roots: Roots
        /// Whether the name or address of the host must be in the certificate.
        var verifiesHost: Bool
        /// The protocols that are offered in ALPN.
        var protocols: [String]
        /// The files of the client's key, as they were read.
        var key: KeyFiles?
    }

    /// What is in the files of a client's key (PEM).
    struct KeyFiles: Hashable, Sendable {
        let certificate: [UInt8]
        let key: [UInt8]
    }

    private struct State {
        var contexts: [Parameters: NIOSSLContext] = [:]
        var authorities: [Fingerprint: [UInt8]] = [:]
    }

    private let state = Mutex(State())

    /// At most that many contexts and authorities are kept.
    private static let most = 32

    /// The context for `parameters`.
    func context(_ parameters: Parameters) async throws -> NIOSSLContext {
        if let context = state.withLock({ $0.contexts[parameters] }) { return context }
        let context = try await NIOThreadPool.singleton.runIfActive { try Self.make(parameters) }
        state.withLock { state in
            if state.contexts.count >= Self.most { state.contexts.removeAll() }
            state.contexts[parameters] = context
        }
        return context
    }

    private static func make(_ parameters: Parameters) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = parameters.verifiesHost ? .fullVerification : .noHostnameVerification
        configuration.applicationProtocols = parameters.protocols
        configuration.shutdownTimeout = .seconds(1)
        switch parameters.roots {
        case .system: configuration.trustRoots = .default
        case .pem(let bytes): configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(bytes))
        case .certificate(let bytes):
            configuration.trustRoots = .certificates([try NIOSSLCertificate(bytes: bytes, format: .der)])
        case .none: configuration.trustRoots = .certificates([])
        }
        if let files = parameters.key {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(files.certificate).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: files.key, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }

    // MARK: Authorities of devices

    /// The certificate of an authority with one of these keys, which a former connection has verified.
    func authority(for pins: [Fingerprint]) -> [UInt8]? {
        let known = state.withLock(\.authorities)
        return pins.lazy.compactMap { known[$0] }.first
    }

    /// Keeps the certificate of an authority, which has signed what a daemon presented.
    func remember(_ certificate: [UInt8], for key: Fingerprint) {
        state.withLock { state in
            if state.authorities.count >= Self.most { state.authorities.removeAll() }
            state.authorities[key] = certificate
        }
    }

    /// Forgets the certificates of authorities with these keys.
    func forget(_ pins: [Fingerprint]) {
        state.withLock { state in for pin in pins { state.authorities[pin] = nil } }
    }
}
