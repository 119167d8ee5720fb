internal import DocumentedEvents
public import Jet
public import JetProtocol
public import Logging

extension Peer {
    /// Connects to a daemon, and waits for it if it is not there yet; the reason is logged when it changes. A daemon with
    /// TLS is waited for even if it refuses this peer, or is not trusted: its admin may add the key or renew the
    /// certificate, and this machine may set its clock.
    ///
    /// - Parameters:
    ///   - endpoint: Where the daemon is; `nil` for that of this machine.
    ///   - configuration: How the peer behaves.
    ///   - pause: How long to wait between two attempts.
    ///   - clock: What the waiting is measured by.
    ///   - logger: Where it is said.
    ///   - attempt: Called before each attempt.
    /// - Returns: The peer, connected.
    /// - Throws: `JetError` if waiting is of no use; `CancellationError`.
    public static func waiting(
        for endpoint: Endpoint?, configuration: Configuration, pause: Duration = .milliseconds(500),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger, attempt: () -> Void = {}
    ) async throws -> Peer {
        var reported: String?
        while true {
            attempt()
            do throws(JetError) {
                guard let endpoint else { return try await connectLocally(configuration: configuration) }
                return try await connect(to: endpoint, configuration: configuration)
            } catch {
                let isAway = error.code == .notConnected
                guard isAway || endpoint?.isSecure == true && isWorthWaiting(error) else { throw error }
                let reason = error.refusal.map { "\(error.message): \($0)" } ?? error.message
                if reason != reported { logger.note(AgentEvent.waiting, ["reason": "\(reason)"]) }
                reported = reason
                // Each refused login is in the daemon's log, and delays the next one.
                if !isAway { try await clock.sleep(for: pause * 20) }
            }
            try await clock.sleep(for: pause)
        }
    }

    private static func isWorthWaiting(_ error: JetError) -> Bool {
        switch error.code {
        case .notTrusted, .timeout, .limitExceeded: true
        case .invalidParams:
            switch error.refusal {
            case .invalidKey, .invalidUser, .invalidPassword: true
            default: false
            }
        default: false
        }
    }
}
