import ArgumentParser
import JetDaemon
import JetProtocol
import Logging

/// The command line of `jetd`.
struct JetdOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jetd",
        abstract: "The Jet daemon: the realtime bus that peers connect to.",
        usage: """
            jetd [<options>]
            jetd --check-config [--config <file>]
            """,
        discussion: """
            Listening: jetd serves the sockets that systemd passes to it. Their names select the protocol: 'unix', 'tcp', \
            'web' (WebSocket) and 'gateway' (the connections that jet-tls forwards from other machines). Without \
            such sockets it listens where the configuration says; by default on a unix socket (/run/jet/jet.sock as \
            root, $XDG_RUNTIME_DIR/jet/jet.sock or /tmp/jet-UID/jet.sock as a user) and on the ports 11122 and, \
            for WebSocket, 11123 of 127.0.0.1. With --unix-path, --tcp-port or --ws-port it listens only there, in \
            addition to the sockets from systemd. For each endpoint it prints a line 'listening ENDPOINT', or logs it \
            if standard output is the journal.

            Access: a page in a browser may connect by WebSocket if it was served from this machine, or if its origin \
            is allowed. A peer is in no group until it calls 'authenticate' with a name and a password of the users \
            file, which 'jet passwd' manages. On the unix socket, grants add it to groups by the user and the groups it \
            runs as.

            Configuration: the service, and a daemon run by root, read /etc/jet/jetd.toml. A daemon run by another user \
            reads $XDG_CONFIG_HOME/jet/jetd.toml or ~/.config/jet/jetd.toml instead. The file may be missing. Options \
            override the file; origins and grants are added to those in the file.

            Signals: SIGTERM and SIGINT stop the daemon. On SIGHUP it reads the configuration and the users file again \
            and looks up the users and groups of the grants again; if this fails, it keeps the old settings.

            Exit codes:
              0  stopped normally
              1  cannot listen, or the users file or a grant is wrong
              2  the command line or the configuration is wrong

            Examples:
              jetd                   as root the bus of this machine, else your own
              jetd --check-config    check the configuration
              jetd --unix-path /tmp/my.sock --grant user:$USER=operator

            More in jetd(8), jetd.toml(5) and jet(1).
            """,
        version: "jetd \(Release.version)")

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The configuration file, which must exist. (default: see above)", valueName: "file"),
        completion: .file(extensions: ["toml"]), transform: Self.file)
    var config: String?

    @Flag(help: "Check the configuration and exit: with 0 if it is right, with 2 if not.")
    var checkConfig = false

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Listen on this unix socket.", valueName: "path"),
        completion: .file(),
        transform: { path in
            _ = try Endpoint(parsing: "unix:\(path)")
            return path
        })
    var unixPath: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Listen on this port of 127.0.0.1; 0 picks a free one.", valueName: "port"),
        transform: Self.port)
    var tcpPort: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Listen for WebSocket on this port of 127.0.0.1; 0 picks a free one.", valueName: "port"),
        transform: Self.port)
    var wsPort: Int?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            Allow pages of this origin to connect, such as https://panel.example; 'null' stands for pages without an \
            origin, such as files, '*' for all pages. May be given several times.
            """, valueName: "origin"),
        completion: .list(["null"]), transform: Self.origin)
    var wsAllowOrigin: [OriginRule] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The time between two pings of a WebSocket peer, in milliseconds; 0 turns pings off. (default: 5000)",
            valueName: "time"),
        transform: { try Self.number($0, 0...3_600_000, "a number of milliseconds") })
    var wsPingMs: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Serve the page and jet.js from this folder, for those who change the page. (default: as configured, \
            /usr/share/jet/radar)
            """, valueName: "folder"),
        completion: .directory, transform: Self.file)
    var radar: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            The users file: who can authenticate. (default: as service or root /var/lib/jet/users.json, which may \
            be missing; else none)
            """, valueName: "file"),
        completion: .file(), transform: Self.file)
    var users: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            Add peers on the unix socket to these groups, for fetching, setting and calling; who is user:NAME or \
            group:NAME, with a name or a number. May be given several times.
            """, valueName: "who=group,..."),
        transform: { text in
            guard let grant = Grant(parsing: text) else {
                throw ValidationError("write user:NAME=GROUP or group:NAME=GROUP, with commas between several groups")
            }
            return grant
        })
    var grant: [Grant] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The name of the daemon in the result of 'info'. (default: jetd)", valueName: "name"))
    var name: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The length of the longest message accepted. (default: 16777216)", valueName: "bytes"),
        transform: { try Self.number($0, DaemonSettings.messageLimits, "a number of bytes") })
    var messageLimit: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The lowest level that is logged: \(Self.levels). (default: info)", valueName: "level"),
        completion: .list(Logger.Level.allCases.map(\.rawValue)),
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else { throw ValidationError("choose one of \(levels)") }
            return level
        })
    var logLevel: Logger.Level?
}

extension JetdOptions {
    /// Whether an option says where to listen.
    var namesListeners: Bool { unixPath != nil || tcpPort != nil || wsPort != nil }

    private static let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")

    private static func file(_ text: String) throws -> String {
        guard !text.isEmpty else { throw ValidationError("write the name of a file or folder") }
        return text
    }

    private static func port(_ text: String) throws -> Int { try number(text, 0...65535, "a port number") }

    private static func number(_ text: String, _ range: ClosedRange<Int>, _ kind: String) throws -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw ValidationError("write \(kind) from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func origin(_ text: String) throws -> OriginRule {
        var rule = OriginRule()
        guard rule.allow(text) else {
            throw ValidationError("write scheme://host or scheme://host:port without a path, null or *")
        }
        return rule
    }
}
