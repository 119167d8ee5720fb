import Digests
import JetProtocol
import Moments
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Makes connections with TLS, and decides whether the daemon is the right one.
struct SecureDialer: Sendable {
    private let dialer: Dialer
    private let host: String
    private let port: Int
    private let end: ContinuousClock.Instant

    /// Whether the handshake of a WebSocket is left to others.
    private let isRaw: Bool

    init(_ dialer: Dialer, host: String, port: Int, isRaw: Bool = false) {
        self.dialer = dialer
        self.isRaw = isRaw
        self.host = host
        self.port = port
        end = .now + dialer.timeout
    }

    /// Makes a connection to a daemon that is trusted.
    func connect(_ addHandlers: @escaping Dialer.AddHandlers) async throws -> any Channel {
        let key = try await keyFiles()
        switch dialer.security.trust {
        case .systemAuthorities: return try await connect(verifiedBy: .system, key, addHandlers)
        case .authorities(let file):
            let bytes = try await Self.read(file)
            return try await connect(verifiedBy: .pem(bytes), key, addHandlers)
        case .fingerprints(let pins): return try await connect(pinned: pins, key, addHandlers)
        }
    }

    /// Fetches the certificates that the daemon presents, and hangs up.
    func presentedChain() async throws -> PresentedChain {
        let looked = Looked()
        do {
            // It ends with an error, since no certificate is good without pins.
            try await attempt(parameters(.none, false, nil), looked) { _ in }.close().get()
        } catch {
            guard let chain = looked.chain else { throw error }
            return chain
        }
        throw DaemonMismatch.hungUp(during: "the handshake of TLS")
    }

    // MARK: Trust

    /// Connects with the verification of the library that does TLS: against roots, by date, and by the host's name.
    private func connect(
        verifiedBy roots: TLSContexts.Roots, _ key: TLSContexts.KeyFiles?, _ addHandlers: @escaping Dialer.AddHandlers
    ) async throws -> any Channel {
        do {
            return try await attempt(parameters(roots, true, key), nil, addHandlers)
        } catch let error where Self.isRefusal(error) {
            // It says that the certificate is not good, and not why.
            let isName = error is NIOSSLExtraError
            // A look has the whole time again: the first use of the system's authorities can take most of it.
            let look = SecureDialer(dialer, host: self.host, port: port, isRaw: isRaw)
            guard let chain = try? await look.presentedChain() else { throw error }
            throw chain.problem(host: isName ? host : nil, at: Moment.now.seconds)
        }
    }

    /// Connects to a daemon with a pinned key. The certificate with that key becomes the only root, so it must be known
    /// before: if it is not, a first connection only fetches it.
    private func connect(
        pinned pins: [Fingerprint], _ key: TLSContexts.KeyFiles?, _ addHandlers: @escaping Dialer.AddHandlers
    ) async throws -> any Channel {
        if let known = TLSContexts.shared.authority(for: pins) {
            do {
                let verifiesHost = CertificateContents(der: known)?.isDeviceAuthority != true
                return try await attempt(parameters(.certificate(known), verifiesHost, key), nil, addHandlers)
            } catch let error where Self.isRefusal(error) {
                TLSContexts.shared.forget(pins)
            }
        }
        let looked = Looked(pins)
        do {
            return try await attempt(parameters(.none, false, key), looked, addHandlers)
        } catch {
            guard let chain = looked.chain else { throw error }
            switch chain.verdict(expecting: pins, at: Moment.now.seconds) {
            // The certificate was good: something else has failed.
            case .leaf: throw error
            case .refused(let problem): throw problem
            case .authority(let certificate, let verifiesHost):
                let bytes = try certificate.toDERBytes()
                do {
                    let channel = try await attempt(
                        parameters(.certificate(bytes), verifiesHost, key), nil, addHandlers)
                    if let contents = CertificateContents(der: bytes) {
                        TLSContexts.shared.remember(bytes, for: contents.fingerprint)
                    }
                    return channel
                } catch is NIOSSLExtraError {
                    throw chain.problem(host: host, at: Moment.now.seconds)
                } catch let error where Self.isRefusal(error) {
                    throw CertificateProblem.unknownAuthority(presented: chain.certificates[0].contents.fingerprint)
                }
            }
        }
    }

    /// Whether an error is the refusal of a certificate by this side.
    private static func isRefusal(_ error: any Error) -> Bool {
        switch error {
        case NIOSSLError.handshakeFailed(.sslError(let stack)):
            stack.contains { $0.description.contains("CERTIFICATE_VERIFY_FAILED") }
        case let error as NIOSSLExtraError:
            error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch
        default: false
        }
    }

    // MARK: One connection

    /// What a connection has seen that decides itself which certificates are good: only the one of a device with a pinned
    /// key is.
    private final class Looked: Sendable {
        private let found = Mutex<PresentedChain?>(nil)
        private let pins: [Fingerprint]

        init(_ pins: [Fingerprint] = []) { self.pins = pins }

        var chain: PresentedChain? { found.withLock { $0 } }

        /// Keeps the chain, and returns whether it is good.
        func accepts(_ presented: [NIOSSLCertificate]) -> Bool {
            let chain = PresentedChain(presented)
            found.withLock { $0 = chain }
            guard case .leaf? = chain?.verdict(expecting: pins, at: Moment.now.seconds) else { return false }
            return true
        }
    }

    private func parameters(
        _ roots: TLSContexts.Roots, _ verifiesHost: Bool, _ key: TLSContexts.KeyFiles?
    ) -> TLSContexts.Parameters {
        let name = isWebSocket ? "http/1.1" : "jet"
        // The second one asks the daemon to ask for a certificate.
        return TLSContexts.Parameters(
            roots: roots, verifiesHost: verifiesHost, protocols: key == nil ? [name] : [name, "jet-key"], key: key)
    }

    private var isWebSocket: Bool {
        if case .secureWebSocket = dialer.endpoint { true } else { false }
    }

    /// Makes one connection with all handshakes.
    private func attempt(
        _ parameters: TLSContexts.Parameters, _ looked: Looked?, _ addHandlers: @escaping Dialer.AddHandlers
    ) async throws -> any Channel {
        let context: NIOSSLContext
        do {
            context = try await TLSContexts.shared.context(parameters)
        } catch {
            throw JetError(
                .invalidSecurity,
                "The certificate, the key or the authorities cannot be used: \(ConnectError.reason(error))",
                underlying: error)
        }
        let rest = ContinuousClock.now.duration(to: end)
        guard rest > .zero else { throw ChannelError.connectTimeout(TimeAmount(dialer.timeout)) }
        let name = serverName
        let handshakes = Handshakes()
        return try await dialer.networkBootstrap(timeout: rest) { channel in
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(AnswerCheck(expectsTLS: true))
            if let looked {
                try pipeline.addHandler(
                    NIOSSLClientHandler(context: context, serverHostname: name) { chain, promise in
                        promise.succeed(looked.accepts(chain) ? .certificateVerified : .failed)
                    })
            } else {
                try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
            }
            let watch = HandshakeWatch(timeout: TimeAmount(rest), eventLoop: dialer.loop)
            try pipeline.addHandler(watch)
            var handshake = watch.handshake
            if isWebSocket, !isRaw {
                let opening = try dialer.addWebSocket(to: pipeline, timeout: rest)
                handshake = handshake.flatMap { opening }
            }
            handshakes.add(handshake, of: channel)
            try addHandlers(pipeline)
        }.connect(host: host, port: port).flatMap(handshakes.done).get()
    }

    /// The name for Server Name Indication; `nil` for addresses, which must not be in it (RFC 6066, section 3).
    private var serverName: String? {
        guard !host.contains(":"), (try? SocketAddress(ipAddress: host, port: port)) == nil else { return nil }
        return host
    }

    // MARK: Files

    private func keyFiles() async throws -> TLSContexts.KeyFiles? {
        guard let key = dialer.security.key else { return nil }
        return TLSContexts.KeyFiles(
            certificate: try await Self.read(key.certificateFile), key: try await Self.read(key.keyFile))
    }

    private static func read(_ path: String) async throws -> [UInt8] {
        try await NIOThreadPool.singleton.runIfActive { try SecurityFile.read(path) }
    }
}
