import JSONText
import JetProtocol
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Why there is no connection, or no longer, in a sentence that says where and why.
enum ConnectError {
    /// The error for `error`, which came of an attempt to reach `endpoint`.
    static func explain(_ error: any Error, _ endpoint: Endpoint) -> JetError {
        switch error {
        case let error as JetError: return error
        case let problem as CertificateProblem:
            return JetError(.notTrusted, "Cannot connect to \(endpoint): \(problem)", underlying: problem)
        case DaemonMismatch.refusedByDaemon(let refusal):
            return JetError(
                .notConnected, "Cannot connect to \(endpoint): \(reason(error))", data: refusal.data, underlying: error)
        default:
            return JetError(
                .notConnected, "Cannot connect to \(endpoint): \(reason(error, at: endpoint))", underlying: error)
        }
    }

    /// The error for the loss of a connection to `endpoint`; without a cause the daemon hung up.
    ///
    /// - Parameter said: What the daemon said last, or why this side gave the connection up.
    static func lost(_ cause: (any Error)?, _ endpoint: Endpoint, said: JetError? = nil) -> JetError {
        if let said {
            return JetError(
                .notConnected,
                "The connection to \(endpoint) was lost: \(said.refusal.map { "\($0)" } ?? said.message)",
                data: said.data, underlying: said)
        }
        return JetError(
            .notConnected,
            "The connection to \(endpoint) was lost: \(cause.map { reason($0) } ?? "the daemon hung up")",
            underlying: cause)
    }

    /// The reason as the end of a sentence.
    static func reason(_ error: any Error, at endpoint: Endpoint? = nil) -> String {
        switch error {
        case let error as FrameError: "a message of \(error.length) bytes is beyond the limit of \(error.limit)"
        case let error as JSONError: "what came is no JSON: \(error)"
        case let error as DaemonMismatch: error.reason + hint(error, at: endpoint)
        case let error as ClosedByDaemon: error.reason
        case WebSocketError.tooLong(let length, let limit):
            "a message of \(length) bytes is beyond the limit of \(limit)"
        case WebSocketError.violation(let reason): "the daemon violates the WebSocket protocol: \(reason)"
        case let error as IOError: reason(errno: error.errnoCode, at: endpoint)
        case ChannelError.connectTimeout: "no answer in time"
        case NIOSSLError.uncleanShutdown: "the daemon hung up"
        case NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])):
            reason(DaemonMismatch.hungUp(during: "the handshake of TLS"), at: endpoint)
        case NIOSSLError.handshakeFailed(let error): "the handshake of TLS failed: \(reason(ofTLS: error))"
        case NIOSSLError.failedToLoadCertificate: "a certificate cannot be read"
        case NIOSSLError.failedToLoadPrivateKey: "the private key cannot be read"
        case let error as BoringSSLError: "TLS failed: \(reason(ofTLS: error))"
        case let error as NIOConnectionError:
            if let attempt = error.connectionErrors.first {
                reason(attempt.error, at: endpoint)
            } else if error.dnsAError != nil || error.dnsAAAAError != nil {
                "unknown host"
            } else {
                "no address"
            }
        default: "\(error)"
        }
    }

    /// What may help where a connection was closed without a word.
    private static func hint(_ mismatch: DaemonMismatch, at endpoint: Endpoint?) -> String {
        guard case .hungUp = mismatch else { return "" }
        return switch endpoint {
        case .webSocket: "; does the daemon expect TLS at this port? Then use wss://"
        case .tls, .secureWebSocket:
            "; either this is not the daemon's port with TLS, or it accepts no more connections: its journal has the reason"
        case .unix, .tcp, nil: ""
        }
    }

    private static func reason(errno code: CInt, at endpoint: Endpoint?) -> String {
        switch code {
        case ENOENT: "there is no such socket; is jetd running?"
        case ECONNREFUSED:
            endpoint?.isSecure == true
                ? "the connection was refused; was 'jet remote enable' run on the device?"
                : "the connection was refused; is jetd running?"
        case EACCES, EPERM: "permission denied"
        case EHOSTUNREACH, ENETUNREACH: "the host cannot be reached"
        case ETIMEDOUT: "no answer in time"
        case ECONNRESET, EPIPE: "the daemon is gone"
        default: String(cString: strerror(code))
        }
    }

    /// What BoringSSL calls an error, without where it is in its source.
    private static func reason(ofTLS error: BoringSSLError) -> String {
        guard case .sslError(let stack) = error, let first = stack.first else { return "\(error)" }
        let text = first.description
        guard let start = text.range(of: "OPENSSL_internal:"), let end = text[start.upperBound...].firstIndex(of: " ")
        else { return text }
        return text[start.upperBound..<end].lowercased().replacing("_", with: " ")
    }
}

extension String {
    fileprivate func range(of part: String) -> Range<Index>? { firstRange(of: part) }
}
