/// Where a daemon can be reached: `unix:/run/jet/jet.sock`, `tcp://host:11122`, `ws://host:11123`, and with TLS
/// `jets://host:11124` or `wss://host:11124`.
public enum Endpoint: Hashable, Sendable {
    /// A unix stream socket.
    case unix(path: String)
    /// TCP; `host` is a name or an address (IPv6 without brackets).
    case tcp(host: String, port: Int)
    /// A WebSocket at any path; `host` is a name or an address (IPv6 without brackets).
    case webSocket(host: String, port: Int)
    /// Length-prefixed messages in TLS; `host` is a name or an address (IPv6 without brackets).
    case tls(host: String, port: Int)
    /// A WebSocket in TLS; `host` is a name or an address (IPv6 without brackets).
    case secureWebSocket(host: String, port: Int)

    /// The default TCP port.
    public static var defaultPort: Int { ProtocolLimits.tcpPort }
    /// The default WebSocket port.
    public static var defaultWebSocketPort: Int { ProtocolLimits.webSocketPort }
    /// The default port of connections with TLS.
    public static var defaultRemotePort: Int { ProtocolLimits.remotePort }
    /// The longest path that a unix socket can have on Linux, in bytes (unix(7): `sun_path` holds 108 with its NUL).
    public static var longestPath: Int { 107 }

    /// Reads `unix:PATH`, `unix://PATH`, a bare absolute path, and `SCHEME://HOST` or `SCHEME://HOST:PORT` with the schemes
    /// `tcp`, `ws`, `jets` and `wss`; an IPv6 address is in brackets.
    ///
    /// - Throws: `EndpointError` with the reason.
    public init(parsing text: String) throws(EndpointError) {
        if text.hasPrefix("/") || text.hasPrefix("unix:") {
            var path = text[...]
            if text.hasPrefix("unix:") {
                path = text.dropFirst("unix:".count)
                if path.hasPrefix("//") { path = path.dropFirst(2) }
            }
            guard path.hasPrefix("/") else { throw EndpointError(text, "a unix socket needs an absolute path") }
            guard path.utf8.count <= Self.longestPath, !path.utf8.contains(0) else {
                throw EndpointError(text, "a unix socket's path has at most \(Self.longestPath) bytes and no NUL")
            }
            self = .unix(path: String(path))
            return
        }
        for scheme in Scheme.allCases where text.hasPrefix("\(scheme.rawValue)://") {
            let (host, port) = try Self.host(
                text.dropFirst(scheme.rawValue.count + 3), of: text, scheme: scheme.rawValue)
            self.init(scheme, host, port ?? scheme.defaultPort)
            return
        }
        throw EndpointError(text, "expected unix:/path, or tcp://, ws://, jets:// or wss:// with host:port")
    }

    /// The schemes of the endpoints with a host and a port.
    private enum Scheme: String, CaseIterable {
        case tcp, ws, jets, wss

        var defaultPort: Int {
            switch self {
            case .tcp: Endpoint.defaultPort
            case .ws: Endpoint.defaultWebSocketPort
            case .jets, .wss: Endpoint.defaultRemotePort
            }
        }
    }

    private init(_ scheme: Scheme, _ host: String, _ port: Int) {
        switch scheme {
        case .tcp: self = .tcp(host: host, port: port)
        case .ws: self = .webSocket(host: host, port: port)
        case .jets: self = .tls(host: host, port: port)
        case .wss: self = .secureWebSocket(host: host, port: port)
        }
    }

    /// The host and the port; `nil` for a unix socket.
    public var address: (host: String, port: Int)? {
        switch self {
        case .unix: nil
        case .tcp(let host, let port), .webSocket(let host, let port), .tls(let host, let port),
            .secureWebSocket(let host, let port):
            (host, port)
        }
    }

    /// Whether connections to it are encrypted with TLS.
    public var isSecure: Bool {
        switch self {
        case .tls, .secureWebSocket: true
        case .unix, .tcp, .webSocket: false
        }
    }

    /// Reads `HOST` or `HOST:PORT`.
    private static func host(
        _ authority: Substring, of text: String, scheme: String
    ) throws(EndpointError) -> (host: String, port: Int?) {
        var authority = authority
        if authority.hasSuffix("/") { authority = authority.dropLast() }
        let host: Substring
        var rest: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else {
                throw EndpointError(text, "the bracket is not closed")
            }
            host = authority[authority.index(after: authority.startIndex)..<end]
            rest = authority[authority.index(after: end)...]
        } else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<colon]
            rest = authority[colon...]
        }
        guard !host.isEmpty else { throw EndpointError(text, "the host is missing") }
        guard !host.contains("/") else { throw EndpointError(text, "expected \(scheme)://host:port") }
        guard !rest.isEmpty else { return (String(host), nil) }
        guard rest.hasPrefix(":") else { throw EndpointError(text, "expected \(scheme)://host:port") }
        rest = rest.dropFirst()
        // Int reads a sign, too.
        guard rest.utf8.first != UInt8(ascii: "+"), let port = Int(rest), (1...65535).contains(port) else {
            throw EndpointError(text, "the port must be a number from 1 to 65535")
        }
        return (String(host), port)
    }
}

extension Endpoint: CustomStringConvertible {
    /// The form that `init(parsing:)` reads.
    public var description: String {
        switch self {
        case .unix(let path): path.hasPrefix("//") ? "unix://\(path)" : "unix:\(path)"
        case .tcp(let host, let port): "tcp://\(Self.authority(host, port))"
        case .webSocket(let host, let port): "ws://\(Self.authority(host, port))"
        case .tls(let host, let port): "jets://\(Self.authority(host, port))"
        case .secureWebSocket(let host, let port): "wss://\(Self.authority(host, port))"
        }
    }

    private static func authority(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// A text that is not an endpoint.
public struct EndpointError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    public let text: String
    /// The reason.
    public let reason: String

    init(_ text: String, _ reason: String) {
        self.text = text
        self.reason = reason
    }

    /// A sentence with both.
    public var description: String { "'\(text)' is not an endpoint: \(reason)" }
}

/// Where the daemon of this machine listens, and where its peers look for it, by default.
public enum LocalEndpoint {
    /// The unix socket that a daemon with these rights and this environment makes: in systemd's `$RUNTIME_DIRECTORY`,
    /// as root in `/run/jet`, as a user in `$XDG_RUNTIME_DIR/jet`, else in `/tmp/jet-UID`.
    public static func socketPath(userID: UInt32, environment: [String: String]) -> String {
        if let directory = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first {
            return "\(directory)/\(name)"
        }
        return userID == 0 ? "/run/jet/\(name)" : userSocketPath(userID: userID, environment: environment)
    }

    /// Where a peer with these rights and this environment looks, in this order: `$JET_CONNECT` alone if it is set;
    /// else the user's own daemon, the system's, and the loopback port.
    ///
    /// - Throws: `EndpointError` if `$JET_CONNECT` is not an endpoint.
    public static func candidates(
        userID: UInt32, environment: [String: String]
    ) throws(EndpointError) -> [Endpoint] {
        if let text = environment["JET_CONNECT"], !text.isEmpty { return [try Endpoint(parsing: text)] }
        var paths = [userSocketPath(userID: userID, environment: environment), "/run/jet/\(name)"]
        if userID == 0 { paths.reverse() }
        return paths.map(Endpoint.unix(path:)) + [.tcp(host: "127.0.0.1", port: Endpoint.defaultPort)]
    }

    private static var name: String { "jet.sock" }

    private static func userSocketPath(userID: UInt32, environment: [String: String]) -> String {
        if let directory = environment["XDG_RUNTIME_DIR"], directory.hasPrefix("/") {
            return "\(directory)/jet/\(name)"
        }
        return "/tmp/jet-\(userID)/\(name)"
    }
}
