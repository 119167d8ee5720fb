import ArgumentParser
import Jet
import JetProtocol

/// The daemon to connect to, the user, and the timeout.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The URL of the daemon: unix:/path/of/socket or tcp://host:port. (default: $JET_CONNECT; else the socket \
            of your own daemon, the socket of the system's daemon, port 11122 of this machine)
            """,
            valueName: "url"),
        transform: { try Endpoint(parsing: $0) })
    var connect: Endpoint?

    @Option(
        help: ArgumentHelp(
            """
            Authenticate as this user. The password is the first line of --password-file, or $JET_PASSWORD, or read \
            from the terminal.
            """, valueName: "name"))
    var user: String?

    @Option(help: ArgumentHelp("The file with the password of --user.", valueName: "file"), completion: .file())
    var passwordFile: String?

    @Option(
        help: ArgumentHelp(
            """
            The timeout for the connection and for each answer. (default: 5; for a set or a call the timeout of the \
            element, if it has one)
            """, valueName: "seconds"))
    var timeout: Double?

    func validate() throws {
        if let timeout, timeout <= 0 || timeout > 1e6 || timeout.isNaN {
            throw ValidationError("--timeout must be a number of seconds above 0, at most 1000000.")
        }
        if passwordFile != nil, user == nil { throw ValidationError("--password-file needs --user NAME.") }
    }

    /// The timeout for the daemon.
    var daemonTimeout: Duration { .seconds(timeout ?? 5) }

    /// The timeout for the owner of an element; `nil` for the one of the element.
    var answerTimeout: Duration? { timeout.map { .seconds($0) } }

    /// Connects to the daemon; if `reconnecting`, retries until it succeeds, now and after the connection ends.
    ///
    /// - Throws: `JetError` if it cannot connect.
    func peer(reconnecting: Bool = false) async throws -> Peer {
        var configuration = Peer.Configuration()
        configuration.name = "jet"
        configuration.credentials = try credentials()
        configuration.requestTimeout = daemonTimeout
        configuration.connectTimeout = daemonTimeout
        if reconnecting { configuration.reconnect = .always() }
        var isReported = false
        while true {
            do throws(JetError) {
                return try await attempt(configuration)
            } catch {
                guard reconnecting, error.code == .notConnected else { throw error }
                if !isReported { StandardOutput.say(Failure(error).retrying) }
                isReported = true
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func attempt(_ configuration: Peer.Configuration) async throws(JetError) -> Peer {
        guard let connect else { return try await Peer.connectLocally(configuration: configuration) }
        return try await Peer.connect(to: connect, configuration: configuration)
    }

    /// Calls `body` with a connection, and closes the connection.
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
