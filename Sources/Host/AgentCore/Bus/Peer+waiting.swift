internal import DocumentedEvents
public import Jet
public import JetProtocol
public import Logging

extension Peer {
    /// Connects to a daemon, and waits for it if it is not there yet; that is said once.
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
        var hasSaid = false
        while true {
            attempt()
            do throws(JetError) {
                guard let endpoint else { return try await connectLocally(configuration: configuration) }
                return try await connect(to: endpoint, configuration: configuration)
            } catch {
                guard error.code == .notConnected else { throw error }
                if !hasSaid { logger.note(AgentEvent.waiting, ["reason": "\(error.message)"]) }
                hasSaid = true
            }
            try await clock.sleep(for: pause)
        }
    }
}
