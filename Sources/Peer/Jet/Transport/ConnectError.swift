import JSONText
import JetProtocol
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Why there is no connection, or no longer, in a sentence that says where and why.
enum ConnectError {
    /// The error for `error`, which came of an attempt to reach `endpoint`.
    static func explain(_ error: any Error, _ endpoint: Endpoint) -> JetError {
        if let error = error as? JetError { return error }
        return JetError(.notConnected, "Cannot connect to \(endpoint): \(reason(error))", underlying: error)
    }

    /// The error for the loss of a connection to `endpoint`; without a cause the daemon hung up.
    static func lost(_ cause: (any Error)?, _ endpoint: Endpoint) -> JetError {
        JetError(
            .notConnected, "The connection to \(endpoint) was lost: \(cause.map(reason) ?? "the daemon hung up")",
            underlying: cause)
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as FrameError: "a message of \(error.length) bytes is beyond the limit of \(error.limit)"
        case let error as JSONError: "what came is no JSON: \(error)"
        case let error as IOError: reason(errno: error.errnoCode)
        case ChannelError.connectTimeout: "no answer in time"
        case let error as NIOConnectionError:
            if let attempt = error.connectionErrors.first {
                reason(attempt.error)
            } else if error.dnsAError != nil || error.dnsAAAAError != nil {
                "unknown host"
            } else {
                "no address"
            }
        default: "\(error)"
        }
    }

    private static func reason(errno code: CInt) -> String {
        switch code {
        case ENOENT: "there is no such socket; is jetd running?"
        case ECONNREFUSED: "the connection was refused; is jetd running?"
        case EACCES, EPERM: "permission denied"
        case EHOSTUNREACH, ENETUNREACH: "the host cannot be reached"
        case ETIMEDOUT: "no answer in time"
        case ECONNRESET, EPIPE: "the daemon is gone"
        default: String(cString: strerror(code))
        }
    }
}
