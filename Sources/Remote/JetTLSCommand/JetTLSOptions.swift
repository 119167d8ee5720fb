import ArgumentParser
import JetProtocol
import Logging

/// The command line of `jet-tls`.
struct JetTLSOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jet-tls",
        abstract: "The TLS gateway of Jet: accepts encrypted connections for jetd.",
        usage: """
            jet-tls [<options>]
            jet-tls --check-config [<options>]
            """,
        discussion: """
            The gateway accepts TLS connections of peers on other machines, and passes each on to jetd through a unix \
            socket, with a header that says from where the peer comes and which client certificate it has. It serves \
            the sockets that systemd passes to it, and those of --listen. jet-tls.service starts it; by hand it is for \
            tests.

            Configuration: the service, and a gateway run by root, read /etc/jet/tls.toml, which may be missing.

            Certificate: the service gets it from systemd, as certificate.pem and certificate.key in \
            $CREDENTIALS_DIRECTORY; those in /run/jet-tls-reload are used instead if they are newer. Else --certificate \
            and --key are needed.

            Signals: SIGTERM and SIGINT stop the gateway. On SIGHUP it reads the configuration and the certificate \
            again; if this fails, it keeps the old ones.

            Exit codes:
              0  stopped normally
              1  cannot listen
              2  the command line, the configuration or the certificate is wrong

            Examples:
              jet-tls --check-config    check the configuration and the certificate
              jet-tls --listen [::]:11124 --certificate chain.pem --key key.pem

            More in jet-tls(8), tls.toml(5) and jetd(8).
            """,
        version: "jet-tls \(Release.version)")

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The configuration file, which must exist. (default: see above)", valueName: "file"),
        completion: .file(extensions: ["toml"]), transform: Self.file)
    var config: String?

    @Flag(help: "Check the configuration and the certificate, and exit: with 0 if they are right, with 2 if not.")
    var checkConfig = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            Listen at this address, such as 192.0.2.7:11124 or [::]:11124; port 0 picks a free one. May be given several \
            times.
            """, valueName: "address:port"),
        transform: ListenAddress.init(parsing:))
    var listen: [ListenAddress] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The unix socket of jetd for gateways. (default: /run/jetd-gateway.sock)", valueName: "path"),
        completion: .file(), transform: Self.socket)
    var daemon: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The certificate and those of its issuers, in PEM.", valueName: "file"),
        completion: .file(), transform: Self.file)
    var certificate: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The key of the certificate, in PEM.", valueName: "file"),
        completion: .file(), transform: Self.file)
    var key: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The lowest level that is logged: \(Self.levels). (default: info)", valueName: "level"),
        completion: .list(Logger.Level.allCases.map(\.rawValue)),
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else { throw ValidationError("choose one of \(levels)") }
            return level
        })
    var logLevel: Logger.Level?

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--certificate and --key belong together")
        }
    }
}

extension JetTLSOptions {
    private static let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")

    private static func file(_ text: String) throws -> String {
        guard !text.isEmpty else { throw ValidationError("write the name of a file") }
        return text
    }

    private static func socket(_ text: String) throws -> String {
        _ = try Endpoint(parsing: "unix:\(text)")
        return text
    }
}

/// An address to listen at.
struct ListenAddress: Hashable, Sendable {
    let host: String
    let port: Int

    /// Reads `192.0.2.7:11124` or `[::]:11124`.
    @Sendable init(parsing text: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { throw ValidationError("write an address and a port from 0 to 65535, such as [::]:11124") }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw ValidationError("write an IPv6 address in brackets, such as [::]:11124")
        }
        guard !host.isEmpty else { throw ValidationError("write an address before the port, such as [::]:11124") }
        (self.host, self.port) = (String(host), port)
    }
}
