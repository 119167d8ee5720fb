import ConfigurationFile
import JSONText
import JetBus
import JetDaemon
import JetProtocol
import Moments

/// `[listen]`: where the daemon listens when nobody hands it sockets.
struct ListenSettings: ConfigurationSection, Hashable {
    /// The unix socket.
    var unix = DaemonSettings.Place.usual
    /// The port of 127.0.0.1 for peers by TCP; 0 is any, `nil` none.
    var tcpPort: Int? = Endpoint.defaultPort
    /// The port of 127.0.0.1 for peers by WebSocket; 0 is any, `nil` none.
    var webPort: Int? = Endpoint.defaultWebSocketPort

    mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        unix = try table.place("unix")
        if case .path(let path) = unix, path.utf8.count > Endpoint.longestPath {
            throw table.error("unix", "has more than \(Endpoint.longestPath) bytes, the longest path of a socket.")
        }
        tcpPort = try table.port("tcp-port", default: tcpPort)
        webPort = try table.port("web-port", default: webPort)
    }
}

/// `[web]`: peers by WebSocket.
struct WebSettings: ConfigurationSection, Hashable {
    /// Which pages may connect.
    var origins = OriginRule()
    /// How often peers are pinged, in milliseconds; 0 is never.
    var pingInterval = DaemonSettings.defaults.pingInterval

    mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        for text in try table.take("allow-origins", default: [String]()) {
            guard origins.allow(text) else {
                throw table.error(
                    "allow-origins",
                    "lists origins such as \"https://panel.example\", \"null\" or \"*\", which \"\(text)\" is not.")
            }
        }
        let interval = try table.take(
            "ping-interval", default: .milliseconds(pingInterval), in: 0...3600)
        // A part of a millisecond must not become never.
        pingInterval = Int(interval.nanoseconds / 1_000_000) + (interval.nanoseconds % 1_000_000 > 0 ? 1 : 0)
    }
}

/// `[limits]`: the bounds of the bus, for all peers alike.
struct LimitSettings: ConfigurationSection, Hashable {
    /// How long an owner has for its answer when nobody says otherwise.
    var timeout = Duration.nanoseconds(Int64(clamping: defaults.defaultTimeout))
    /// From how many bytes on what waits for a peer is conflated.
    var outbox = defaults.outboxLimit
    /// How many requests of one peer may wait for an answer.
    var pendingRequests = defaults.pendingRequestLimit
    /// How many bytes these may have.
    var pendingBytes = defaults.pendingBytesLimit
    /// How many passwords may wait to be checked.
    var waitingPasswords = defaults.openQuestionLimit
    /// How many elements the gets of one message may walk over.
    var getElements = defaults.walkLimit
    /// How many texts in a row may fail to parse.
    var parseErrors = defaults.parseErrorLimit

    private static var defaults: Bus.Configuration { DaemonSettings.defaults.bus }

    mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        timeout = try table.take("timeout", default: timeout, in: 0.001...86400)
        outbox = try table.take("outbox", default: outbox, in: 1 << 16...1 << 30)
        pendingRequests = try table.take("pending-requests", default: pendingRequests, in: 1...1 << 24)
        pendingBytes = try table.take("pending-bytes", default: pendingBytes, in: 1 << 10...1 << 32)
        waitingPasswords = try table.take("waiting-passwords", default: waitingPasswords, in: 1...1 << 16)
        getElements = try table.take("get-elements", default: getElements, in: 1 << 10...1 << 32)
        parseErrors = try table.take("parse-errors", default: parseErrors, in: 1...1 << 16)
    }

    /// Sets a bus so.
    func apply(to bus: inout Bus.Configuration) {
        bus.defaultTimeout = UInt64(clamping: timeout.nanoseconds)
        bus.outboxLimit = outbox
        bus.pendingRequestLimit = pendingRequests
        bus.pendingBytesLimit = pendingBytes
        bus.openQuestionLimit = waitingPasswords
        bus.walkLimit = getElements
        bus.parseErrorLimit = parseErrors
    }
}
