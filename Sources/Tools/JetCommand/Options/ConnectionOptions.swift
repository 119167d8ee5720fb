import ArgumentParser
import Jet
import JetProtocol

/// Which daemon, and how long to wait for it.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The daemon: unix:/path/of/socket or tcp://host:port. (default: $JET_CONNECT; else your own daemon, the \
            system's, the loopback port)
            """,
            valueName: "url"),
        transform: { try Endpoint(parsing: $0) })
    var connect: Endpoint?

    @Option(
        help: ArgumentHelp(
            """
            Who you are to the daemon. The password is the first line of --password-file, or $JET_PASSWORD, or asked \
            for.
            """, valueName: "name"))
    var user: String?

    @Option(help: ArgumentHelp("The file with the password of --user.", valueName: "file"), completion: .file())
    var passwordFile: String?

    @Option(
        help: ArgumentHelp(
            """
            How long to wait for a connection, and for an answer. (default: 5; for a set or a call as long as the \
            element says, else 5)
            """, valueName: "seconds"))
    var timeout: Double?

    func validate() throws {
        if let timeout, timeout <= 0 || timeout > 1e6 || timeout.isNaN {
            throw ValidationError("--timeout takes seconds, more than 0 and at most 1000000.")
        }
        if passwordFile != nil, user == nil { throw ValidationError("--password-file belongs to a --user NAME.") }
    }

    /// The time to wait for the daemon.
    var patience: Duration { .seconds(timeout ?? 5) }

    /// The time to wait for an element's owner; `nil` for as long as the element says.
    var ownersTime: Duration? { timeout.map { .seconds($0) } }

    /// A connection to the daemon; if `reconnecting`, it keeps trying, now and whenever the connection ends later.
    ///
    /// - Throws: `JetError` when there is none to be had.
    func peer(reconnecting: Bool = false) async throws -> Peer {
        var configuration = Peer.Configuration()
        configuration.name = "jet"
        configuration.credentials = try credentials()
        configuration.requestTimeout = patience
        configuration.connectTimeout = patience
        if reconnecting { configuration.reconnect = .always() }
        var hasSaid = false
        while true {
            do throws(JetError) {
                return try await attempt(configuration)
            } catch {
                guard reconnecting, error.code == .notConnected else { throw error }
                if !hasSaid { StandardOutput.say(Failure(error).retrying) }
                hasSaid = true
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func attempt(_ configuration: Peer.Configuration) async throws(JetError) -> Peer {
        guard let connect else { return try await Peer.connectLocally(configuration: configuration) }
        return try await Peer.connect(to: connect, configuration: configuration)
    }

    /// Does something with a connection, and closes it in order.
    func withPeer<Result>(_ body: (Peer) async throws -> Result) async throws -> Result {
        let peer = try await peer()
        do {
            let result = try await body(peer)
            await peer.close()
            return result
        } catch {
            await peer.close()
            throw error
        }
    }
}
