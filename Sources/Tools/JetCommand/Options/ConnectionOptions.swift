import ArgumentParser
import Glibc
import Jet
import JetProtocol

/// The daemon to connect to, and the user. There is no option for the password, since all users of the machine can read
/// command lines.
struct ConnectionOptions: ParsableArguments {
    @OptionGroup var address: AddressOptions

    @Option(
        help: ArgumentHelp(
            """
            Authenticate as this user. The password is the first line of --password-file, or $JET_PASSWORD, or read \
            from the terminal. (default: the user of the context)
            """, valueName: "name"))
    var user: String?

    @Option(help: ArgumentHelp("The file with the password of --user.", valueName: "file"), completion: .file())
    var passwordFile: String?

    func validate() throws {
        if passwordFile != nil, user == nil, address.context == nil {
            throw ValidationError("--password-file needs --user NAME.")
        }
    }

    /// The timeout in seconds.
    var timeout: Double? { address.timeout }

    /// The timeout for the owner of an element; `nil` for the one of the element.
    var answerTimeout: Duration? { timeout.map { .seconds($0) } }

    /// Connects to the daemon; if `reconnecting`, retries until it succeeds, now and after the connection ends.
    ///
    /// - Throws: `JetError` if it cannot connect; `Failure` if the daemon is not trusted, or a file is not right.
    func peer(reconnecting: Bool = false) async throws -> Peer {
        let destination = try address.destination()
        var configuration = address.configuration
        configuration.credentials = try credentials(destination.context?.value)
        if reconnecting { configuration.reconnect = .always() }
        let connector = Connector(
            destination: destination, folder: .own, configuration: configuration, asks: FirstContact.isPossible)
        var isReported = false
        while true {
            do {
                return try await connector.peer()
            } catch let error as JetError {
                guard reconnecting, error.code == .notConnected else {
                    throw Failure(error, at: destination.endpoint)
                }
                if !isReported { StandardOutput.say(Failure(error).retrying) }
                isReported = true
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    /// Calls `body` with a connection, and closes the connection.
    func withPeer<Result>(_ body: (Peer) async throws -> Result) async throws -> Result {
        try await Self.with(try await peer(), body)
    }

    /// Calls `body` with a connection, and closes the connection.
    static func with<Result>(_ peer: Peer, _ body: (Peer) async throws -> Result) async throws -> Result {
        do {
            let result = try await body(peer)
            await peer.close()
            return result
        } catch {
            await peer.close()
            throw error
        }
    }

    // MARK: The user

    /// The name and the password; `nil` without a user.
    private func credentials(_ context: Context?) throws -> Peer.Credentials? {
        guard let name = user ?? context?.user else { return nil }
        if let passwordFile {
            return Peer.Credentials(user: name, password: try PasswordPrompt.firstLine(of: passwordFile))
        }
        if let context, context.user == name, let credentials = try Self.credentials(of: context) { return credentials }
        return Peer.Credentials(user: name, password: try Self.password(of: name))
    }

    /// The user of a context, with the password that it has; `nil` if it has none.
    static func credentials(of context: Context) throws(Failure) -> Peer.Credentials? {
        guard let user = context.user else { return nil }
        if let file = context.passwordFile {
            return Peer.Credentials(user: user, password: try PasswordPrompt.firstLine(of: file))
        }
        guard let password = context.password else { return nil }
        try UserFolder.own.checkPrivate(ContextFile.fileName)
        return Peer.Credentials(user: user, password: password)
    }

    /// The password of the environment, or as it is typed.
    private static func password(of user: String) throws -> String {
        if let password = getenv("JET_PASSWORD") { return String(cString: password) }
        guard PasswordPrompt.isPossible else {
            throw Failure(
                .usage, "The password of the user '\(user)' is missing.",
                advice: "Use --password-file FILE or the environment variable JET_PASSWORD.")
        }
        return try PasswordPrompt.ask("Password of \(user): ")
    }
}

extension PasswordPrompt {
    /// The first line of a file with a password or another secret.
    static func firstLine(of path: String, what: String = "password") throws(Failure) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(.usage, "Cannot open the \(what) file \(path): \(String(cString: strerror(errno))).")
        }
        defer { close(descriptor) }
        guard let line = line(from: descriptor) else {
            throw Failure(
                .usage, "The \(what) file \(path) is empty.", advice: "Write the \(what) to its first line.")
        }
        return line
    }
}
