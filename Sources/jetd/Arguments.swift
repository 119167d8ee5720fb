import JetDaemon
import JetProtocol
import Logging

/// What stands on the daemon's command line.
///
/// The argument parser of the other commands brings a part of Foundation along, which would make the daemon half as large
/// again, on disk and in memory, for half a dozen options.
struct Arguments {
    /// What the command line asks for.
    enum Request {
        /// Serve, as the arguments say.
        case serve(Arguments)
        /// Print this and end.
        case print(String)
    }

    /// A command line that cannot be obeyed.
    struct Failure: Error {
        /// What is wrong with it.
        let reason: String
    }

    var unixPath: String?
    var tcpPort: Int?
    var webSocketPort: Int?
    var pingInterval = 5000
    var origins = OriginRule()
    var usersFile: String?
    var grants: [Grant] = []
    var name = "jetd"
    var messageLimit = 16 << 20
    var logLevel = Logger.Level.info

    /// Whether it says where to listen.
    var namesListeners: Bool { unixPath != nil || tcpPort != nil || webSocketPort != nil }

    static let help = """
        Usage: jetd [OPTION]...

        The Jet daemon: the bus that peers connect to.

        Without options it listens on the unix socket where the peers of this machine
        look for it (as root /run/jet/jet.sock, as a user $XDG_RUNTIME_DIR/jet/jet.sock
        or else /tmp/jet-UID/jet.sock) and on the loopback ports 11122 and, for
        WebSockets, 11123. With --unix-path, --tcp-port or --ws-port it listens only
        where they say. It prints a line 'listening ENDPOINT' for each, and ends on
        SIGTERM or SIGINT.

        A page in a browser can connect by WebSocket if this machine has served it;
        pages from elsewhere are refused, unless --ws-allow-origin lets them.

        Peers are in no group at first, and elements can be closed to who is in none. A
        peer gets groups by 'authenticate', with a name and a password from the users
        file, which 'jet passwd' manages. On the unix socket it also gets those that
        --grant gives to the user or the groups that it runs as. SIGHUP makes jetd read
        the users file, and look up who is granted something, again.

        Options:
          --unix-path PATH       listen on this unix socket
          --tcp-port PORT        listen on this port of 127.0.0.1; 0 means any
          --ws-port PORT         listen for WebSockets on this port of 127.0.0.1; 0 means
                                 any
          --ws-allow-origin ORIGIN
                                 let pages of this origin connect, such as
                                 https://panel.example; 'null' means pages that have
                                 none, such as files, '*' means all; can be repeated
          --ws-ping-ms TIME      how often WebSocket peers are pinged, in milliseconds; 0
                                 means never (default: 5000)
          --users FILE           who can authenticate, in the format of cjet's password file
                                 (default: nobody)
          --grant WHO=GROUP,...  put unix peers into these Jet groups, for fetching, setting
                                 and calling; WHO is user:NAME or group:NAME, where a
                                 number will do for NAME. May be given several times
          --name NAME            what the daemon is called in 'info' (default: jetd)
          --message-limit BYTES  the longest message that is read (default: 16777216)
          --log-level LEVEL      trace, debug, info, notice, warning, error or critical
                                 (default: info)
          --version              print the version and end
          -h, --help             print this and end

        Exit status: 0 after an orderly end, 1 if an endpoint cannot be had or the users
        file or a grant is not right, 2 if the command line is wrong.
        """

    /// Reads a command line, whose first word is the program's name.
    init(_ words: [String]) throws(Failure) {
        var words = words.dropFirst()
        while let word = words.popFirst() {
            if word == "-h" {
                wantsHelp = true
                continue
            }
            guard word.hasPrefix("--") else { throw Failure(reason: "'\(word)' is no option") }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let option = Option(rawValue: String(parts[0])) else {
                throw Failure(reason: "'--\(parts[0])' is no option")
            }
            guard option.takesValue else {
                guard parts.count == 1 else { throw Failure(reason: "'--\(parts[0])' takes no value") }
                try apply(option, "")
                continue
            }
            guard let value = parts.count == 2 ? String(parts[1]) : words.popFirst() else {
                throw Failure(reason: "'--\(parts[0])' needs a value")
            }
            try apply(option, value)
        }
    }

    /// What a command line asks for.
    static func request(of words: [String]) throws(Failure) -> Request {
        let arguments = try Arguments(words)
        if arguments.wantsHelp { return .print(help) }
        if arguments.wantsVersion { return .print("jetd \(Release.version)") }
        return .serve(arguments)
    }

    private var wantsHelp = false
    private var wantsVersion = false

    private enum Option: String, CaseIterable {
        case unixPath = "unix-path"
        case tcpPort = "tcp-port"
        case webSocketPort = "ws-port"
        case pingInterval = "ws-ping-ms"
        case allowedOrigin = "ws-allow-origin"
        case users, grant
        case name
        case messageLimit = "message-limit"
        case logLevel = "log-level"
        case version, help

        var takesValue: Bool { self != .version && self != .help }
    }

    private mutating func apply(_ option: Option, _ value: String) throws(Failure) {
        switch option {
        case .unixPath:
            do {
                _ = try Endpoint(parsing: "unix:\(value)")
            } catch {
                throw Failure(reason: "--unix-path: \(error.reason)")
            }
            unixPath = value
        case .tcpPort: tcpPort = try Self.port(option, value)
        case .webSocketPort: webSocketPort = try Self.port(option, value)
        case .pingInterval:
            guard let time = Int(value), (0...3_600_000).contains(time) else {
                throw Failure(reason: "--ws-ping-ms: a number of milliseconds from 0 to 3600000")
            }
            pingInterval = time
        case .allowedOrigin:
            if value == "*" {
                origins.allowsAll = true
            } else if let origin = OriginRule.Origin(value) {
                origins.allowed.insert(origin)
            } else {
                throw Failure(
                    reason: "--ws-allow-origin: scheme://host or scheme://host:port without a path, null or *")
            }
        case .users:
            guard !value.isEmpty else { throw Failure(reason: "--users: the name of a file") }
            usersFile = value
        case .grant:
            guard let grant = Grant(parsing: value) else {
                throw Failure(
                    reason: "--grant: user:NAME=GROUP or group:NAME=GROUP, several GROUPs with commas between")
            }
            grants.append(grant)
        case .name: name = value
        case .messageLimit:
            guard let limit = Int(value), (1024...1 << 30).contains(limit) else {
                throw Failure(reason: "--message-limit: a number of bytes from 1024 to \(1 << 30)")
            }
            messageLimit = limit
        case .logLevel:
            guard let level = Logger.Level(rawValue: value) else {
                let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(reason: "--log-level: one of \(levels)")
            }
            logLevel = level
        case .version: wantsVersion = true
        case .help: wantsHelp = true
        }
    }
    private static func port(_ option: Option, _ value: String) throws(Failure) -> Int {
        guard let port = Int(value), (0...65535).contains(port) else {
            throw Failure(reason: "--\(option.rawValue): a port is a number from 0 to 65535")
        }
        return port
    }
}
