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
        /// Say whether the configuration is right.
        case check(Arguments)
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
    var pingInterval: Int?
    /// Beside those of the configuration.
    var origins = OriginRule()
    var usersFile: String?
    /// Beside those of the configuration.
    var grants: [Grant] = []
    var name: String?
    var messageLimit: Int?
    var logLevel: Logger.Level?
    /// The configuration file; `nil` for the usual one.
    var configuration: String?

    /// Whether it says where to listen.
    var namesListeners: Bool { unixPath != nil || tcpPort != nil || webSocketPort != nil }

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
            guard option.value != nil else {
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
        if let shell = arguments.shell { return .print(CompletionScript(for: shell).text) }
        if arguments.wantsVersion { return .print("jetd \(Release.version)") }
        if arguments.wantsCheck { return .check(arguments) }
        return .serve(arguments)
    }

    private var wantsHelp = false
    private var wantsVersion = false
    private var wantsCheck = false
    private var shell: CompletionScript.Shell?

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
            guard origins.allow(value) else {
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
            guard let limit = Int(value), DaemonSettings.messageLimits.contains(limit) else {
                throw Failure(
                    reason: "--message-limit: a number of bytes from 1024 to \(DaemonSettings.messageLimits.upperBound)"
                )
            }
            messageLimit = limit
        case .logLevel:
            guard let level = Logger.Level(rawValue: value) else {
                let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(reason: "--log-level: one of \(levels)")
            }
            logLevel = level
        case .config:
            guard !value.isEmpty else { throw Failure(reason: "--config: the name of a file") }
            configuration = value
        case .checkConfiguration: wantsCheck = true
        case .completionScript:
            guard let shell = CompletionScript.Shell(rawValue: value) else {
                let shells = CompletionScript.Shell.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(reason: "--generate-completion-script: one of \(shells)")
            }
            self.shell = shell
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
