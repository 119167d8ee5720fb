import ConfigurationFile
import JSONText
import JetBus
import JetDaemon
import JetProtocol
import Moments

/// `[listen]`: where the daemon listens without sockets from systemd.
struct ListenSettings: ConfigurationSection, Hashable {
    /// The unix socket.
    var unix = DaemonSettings.Place.usual
    /// The TCP port of 127.0.0.1; 0 picks a free one, `nil` is none.
    var tcpPort: Int? = Endpoint.defaultPort
    /// The WebSocket port of 127.0.0.1; 0 picks a free one, `nil` is none.
    var webPort: Int? = Endpoint.defaultWebSocketPort

    mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        unix = try table.place("unix")
        if case .path(let path) = unix, path.utf8.count > Endpoint.longestPath {
            throw table.error(
                "unix", "must not be longer than \(Endpoint.longestPath) bytes, the limit for the path of a socket.")
        }
        tcpPort = try table.port("tcp-port", default: tcpPort)
        webPort = try table.port("web-port", default: webPort)
    }
}

/// `[web]`: peers by WebSocket, and what the web port serves to browsers.
struct WebSettings: ConfigurationSection, Hashable {
    /// The web pages that may connect.
    var origins = OriginRule()
    /// Whether States and Methods can be used by HTTP.
    var api = DaemonSettings.defaults.hasAPI
    /// The time between two pings, in milliseconds; 0 turns pings off.
    var pingInterval = DaemonSettings.defaults.pingInterval
    /// Whether there is a page.
    var hasPage = true
    /// The folder of the page; `nil` is the usual one, which may be missing.
    var folder: String?
    /// The folder of `jet.js`; `nil` is none.
    var library: String? = Self.usualLibrary

    private static let usualFolder = "/usr/share/jet/radar"
    private static let usualLibrary = "/usr/share/javascript/jet"

    mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        for text in try table.take("allow-origins", default: [String]()) {
            guard origins.allow(text) else {
                throw table.error(
                    "allow-origins",
                    "must list origins such as \"https://panel.example\", \"null\" or \"*\", not \"\(text)\".")
            }
        }
        api = try table.take("api", default: api)
        let interval = try table.take(
            "ping-interval", default: .milliseconds(pingInterval), in: 0...3600)
        // Rounded up, so that less than a millisecond does not turn pings off.
        pingInterval = Int(interval.nanoseconds / 1_000_000) + (interval.nanoseconds % 1_000_000 > 0 ? 1 : 0)
        hasPage = try table.take("page", default: hasPage)
        switch try table.place("folder") {
        case .usual: break
        case .none: throw table.error("folder", "must be an absolute path; for no page, set page to false.")
        case .path(let path): folder = path == Self.usualFolder ? nil : path
        }
        switch try table.place("javascript") {
        case .usual: break
        case .none: library = nil
        case .path(let path): library = path
        }
    }

    /// The folders of the files that are served.
    ///
    /// - Parameter radar: The folder that the command line names; it has the library, too.
    func folders(radar: String?) -> DaemonConfiguration.WebFolders {
        var folders = DaemonConfiguration.WebFolders()
        if let radar {
            folders.page = radar
            return folders
        }
        if hasPage { folders.page = folder ?? Self.usualFolder }
        folders.pageMayBeMissing = folder == nil
        folders.library = library.map { [$0] } ?? []
        return folders
    }
}

/// `[limits]`: the limits of each peer.
struct LimitSettings: ConfigurationSection, Hashable {
    /// The default time that an owner has to answer a request.
    var timeout = Duration.nanoseconds(Int64(clamping: defaults.defaultTimeout))
    /// The size of an outbox, in bytes, above which notifications are conflated.
    var outbox = defaults.outboxLimit
    /// The limit of pending requests of a peer.
    var pendingRequests = defaults.pendingRequestLimit
    /// The limit of the size of these requests, in bytes.
    var pendingBytes = defaults.pendingBytesLimit
    /// How long a TCP peer may be connected without sending a message; 0 for no limit.
    var silence = Duration.milliseconds(DaemonSettings.defaults.silence)
    /// `waiting-passwords`, which has moved to `[quotas]`; `nil` if it is not here.
    var waitingPasswords: Int?
    /// The limit of elements that the gets in one message may visit.
    var getElements = defaults.walkLimit
    /// The limit of messages in a row that cannot be parsed.
    var parseErrors = defaults.parseErrorLimit

    private static var defaults: Bus.Configuration { DaemonSettings.defaults.bus }

    mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        timeout = try table.take("timeout", default: timeout, in: 0.001...86400)
        outbox = try table.take("outbox", default: outbox, in: 1 << 16...1 << 30)
        pendingRequests = try table.take("pending-requests", default: pendingRequests, in: 1...1 << 24)
        pendingBytes = try table.take("pending-bytes", default: pendingBytes, in: 1 << 10...1 << 32)
        getElements = try table.take("get-elements", default: getElements, in: 1 << 10...1 << 32)
        parseErrors = try table.take("parse-errors", default: parseErrors, in: 1...1 << 16)
        silence = try table.take("silence", default: silence, in: 0...86400)
        let waiting = try table.take("waiting-passwords", default: 0, in: 1...1 << 16)
        waitingPasswords = waiting == 0 ? nil : waiting
    }

    /// Applies the limits to the configuration of a bus.
    func apply(to bus: inout Bus.Configuration) {
        bus.defaultTimeout = UInt64(clamping: timeout.nanoseconds)
        bus.outboxLimit = outbox
        bus.pendingRequestLimit = pendingRequests
        bus.pendingBytesLimit = pendingBytes
        bus.walkLimit = getElements
        bus.parseErrorLimit = parseErrors
    }
}
