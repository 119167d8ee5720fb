import ArgumentParser
import Digests
import Glibc
import Jet
import JetProtocol

/// Which daemon, what it must prove, and how long it may take.
struct AddressOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The daemon: a host, with or without a port, for a connection with TLS; or a URL: unix:/path/of/socket, or \
            tcp://, ws://, jets:// or wss:// with host:port. (default: $JET_CONNECT; else the default context; else the \
            socket of your own daemon, the socket of the system's daemon, port 11122 of this machine)
            """,
            valueName: "url|host"),
        transform: { try Endpoint(named: $0) })
    var connect: Endpoint?

    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp("Use this context, see 'jet context'; --connect overrides its address.", valueName: "name"),
        completion: ContextCompletion.names)
    var context: String?

    @Option(
        help: ArgumentHelp(
            """
            Trust only a daemon with this key, as 'jet tls show' prints it: SHA256:... May be given several times.
            """, valueName: "sha256:..."),
        transform: { try Self.fingerprint($0) })
    var fingerprint: [Fingerprint] = []

    @Option(
        help: ArgumentHelp("Trust only certificates from the authorities in this file.", valueName: "file"),
        completion: .file())
    var caFile: String?

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
        if caFile != nil, !fingerprint.isEmpty {
            throw ValidationError("Use only one of --fingerprint and --ca-file.")
        }
    }

    /// Reads the value of `--fingerprint`.
    static func fingerprint(_ text: String) throws -> Fingerprint {
        guard let fingerprint = Fingerprint(parsing: text) else {
            throw ValidationError(
                "'\(text)' is not a fingerprint: SHA256: and 43 characters, as 'jet tls show' prints it.")
        }
        return fingerprint
    }

    /// The daemon that the options, the environment and the contexts name.
    ///
    /// - Parameter isOnDevice: Whether the command is one for the device itself, for which the default context is not
    ///   used.
    func destination(isOnDevice: Bool = false) throws -> Destination {
        let variable = getenv("JET_CONNECT").map { String(cString: $0) }
        var destination = try Destination(
            connect: connect, context: context, environment: variable, in: .own, usesDefault: !isOnDevice)
        if !fingerprint.isEmpty { destination.demand = .fingerprints(fingerprint) }
        if let caFile { destination.demand = .authorities(file: caFile) }
        return destination
    }

    /// What all connections of the command have in common.
    var configuration: Peer.Configuration { .ofTool(timeout: timeout) }
}

extension Peer.Configuration {
    /// What all connections of `jet` have in common.
    static func ofTool(timeout: Double? = nil) -> Peer.Configuration {
        var configuration = Peer.Configuration(name: "jet")
        configuration.requestTimeout = .seconds(timeout ?? 5)
        configuration.connectTimeout = .seconds(timeout ?? 5)
        return configuration
    }
}
