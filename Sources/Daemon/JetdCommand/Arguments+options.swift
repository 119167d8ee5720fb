import Logging

/// The options that there are, in the order of the help: what they are called, what value they take, and what is said of
/// them. Help and completion scripts are made from this table.
extension Arguments {
    enum Option: String, CaseIterable {
        case config
        case checkConfiguration = "check-config"
        case unixPath = "unix-path"
        case tcpPort = "tcp-port"
        case webSocketPort = "ws-port"
        case allowedOrigin = "ws-allow-origin"
        case pingInterval = "ws-ping-ms"
        case users, grant
        case name
        case messageLimit = "message-limit"
        case logLevel = "log-level"
        case version, help
        case completionScript = "generate-completion-script"

        /// What a shell can offer for a value.
        enum Value: Equatable {
            /// Files.
            case file
            /// One of these words.
            case word([String])
            /// Nothing: it is for people to know.
            case other
        }

        /// What stands for its value in the help, and what the value is; `nil` if it takes none.
        var value: (placeholder: String, kind: Value)? {
            switch self {
            case .checkConfiguration, .version, .help: nil
            case .config, .users: ("FILE", .file)
            case .unixPath: ("PATH", .file)
            case .tcpPort, .webSocketPort: ("PORT", .other)
            case .allowedOrigin: ("ORIGIN", .word(["null"]))
            case .pingInterval: ("TIME", .other)
            case .grant: ("WHO=GROUP,...", .other)
            case .name: ("NAME", .other)
            case .messageLimit: ("BYTES", .other)
            case .logLevel: ("LEVEL", .word(Logger.Level.allCases.map(\.rawValue)))
            case .completionScript: ("SHELL", .word(CompletionScript.Shell.allCases.map(\.rawValue)))
            }
        }

        /// Whether it can be given several times.
        var isRepeatable: Bool { self == .allowedOrigin || self == .grant }

        /// Whether it is for those who make packages alone.
        var isHidden: Bool { self == .completionScript }

        /// What it does.
        var summary: String {
            switch self {
            case .config: "read this configuration file"
            case .checkConfiguration: "check the configuration and end: 0 if it is right, 2 if not"
            case .unixPath: "listen on this unix socket"
            case .tcpPort: "listen on this port of 127.0.0.1; 0 means any"
            case .webSocketPort: "listen for WebSockets on this port of 127.0.0.1; 0 means any"
            case .allowedOrigin:
                """
                let pages of this origin connect, such as https://panel.example; 'null' means pages that have none, such \
                as files, '*' means all; can be repeated
                """
            case .pingInterval: "how often WebSocket peers are pinged, in milliseconds; 0 means never (default: 5000)"
            case .users:
                """
                who can authenticate, in the format of cjet's password file (default: for the system's daemon \
                /var/lib/jet/users.json, as soon as it is there; else nobody)
                """
            case .grant:
                """
                put unix peers into these Jet groups, for fetching, setting and calling; WHO is user:NAME or group:NAME, \
                where a number will do for NAME. May be given several times
                """
            case .name: "what the daemon is called in 'info' (default: jetd)"
            case .messageLimit: "the longest message that is read (default: 16777216)"
            case .logLevel:
                "how much to log: \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")) (default: info)"
            case .version: "print the version and end"
            case .help: "print this and end"
            case .completionScript: "print a completion script for a shell and end"
            }
        }

        /// How it stands in the help.
        private var heading: String {
            (self == .help ? "-h, " : "") + "--" + rawValue + (value.map { " " + $0.placeholder } ?? "")
        }

        /// The lines of the help, in two columns.
        static var table: String {
            allCases.filter { !$0.isHidden }.flatMap { option in
                var lines: [String] = []
                var line = "  " + option.heading
                if line.count > column - 2 {
                    lines.append(line)
                    line = ""
                }
                line += String(repeating: " ", count: column - line.count)
                var isEmpty = true
                for word in option.summary.split(separator: " ") {
                    if !isEmpty, line.count + 1 + word.count > width {
                        lines.append(line)
                        line = String(repeating: " ", count: column)
                        isEmpty = true
                    }
                    line += (isEmpty ? "" : " ") + word
                    isEmpty = false
                }
                return lines + [line]
            }.joined(separator: "\n")
        }

        /// Where the second column begins, and how far it goes.
        private static let column = 25
        private static let width = 88
    }
}
