public import JetProtocol
public import Logging

extension Peer {
    /// How a peer behaves.
    ///
    ///     var configuration = Peer.Configuration(name: "thermostat")
    ///     configuration.reconnect = .always()
    ///     let peer = try await Peer.connectLocally(configuration: configuration)
    public struct Configuration: Sendable {
        /// The name of the peer, for people who look at the daemon's peers. Sent on every connect.
        public var name: String?
        /// The user to authenticate as, if the peer needs that user's rights. It does so on every connect, before any
        /// other request.
        public var credentials: Credentials?
        /// For connections with TLS: which daemons are trusted, and the key of the peer.
        public var security = Security()
        /// How long the daemon may take to answer. A set or call without a timeout of its own may take longer, for as
        /// long as the daemon gives the owner and shows that it is alive.
        public var requestTimeout: Duration = ProtocolLimits.timeout
        /// How long connecting may take, with the handshakes of TLS and of a WebSocket.
        public var connectTimeout: Duration = .seconds(5)
        /// Whether the peer connects again after it has lost its connection.
        public var reconnect: Reconnect = .never
        /// The longest message that is accepted from the daemon, in bytes (a longer one ends the connection), and that
        /// is sent to it (a longer one is refused with `.limitExceeded`). It should be the daemon's own limit.
        public var messageLimit = ProtocolLimits.messageSize
        /// How many bytes may wait to be sent to a daemon that reads too slowly. Beyond that, of each State only the
        /// newest value waits, and `notifySet` and `notifyCall` throw `.congested`.
        public var outboxLimit = 16 << 20
        /// The encoding of messages. For MessagePack the peer asks the daemon on every connect; one that does not
        /// know it gets JSON. Since a message can be longer in MessagePack, what may be sent is then 4/9 of
        /// `messageLimit`, measured in JSON.
        public var encoding: Encoding = .json
        /// Where to log lost connections and the like; `nil`: nowhere.
        public var logger: Logger?

        /// The defaults, or something else in place of some.
        public init(name: String? = nil, reconnect: Reconnect = .never, logger: Logger? = nil) {
            self.name = name
            self.reconnect = reconnect
            self.logger = logger
        }
    }

    /// Whether the peer reconnects, and how often it tries.
    ///
    ///     configuration.reconnect = .always(first: .milliseconds(50), longest: .seconds(10))
    public enum Reconnect: Hashable, Sendable {
        /// No: all fetches of the peer end with an error.
        case never
        /// Yes, for as long as it takes. The first attempt is immediate, the second follows after up to `first`; the
        /// time between attempts doubles up to `longest`, and is random between half of that and all.
        ///
        /// The peer then adds its elements with their newest values, and begins its fetches again.
        /// Until then requests throw `.notConnected`, and `State.change` keeps the value.
        case always(first: Duration = .milliseconds(50), longest: Duration = .seconds(1))
    }
}

extension Peer.Reconnect {
    var isWanted: Bool { self != .never }

    var backoff: Backoff {
        switch self {
        case .never: Backoff(first: .seconds(1), longest: .seconds(1))
        case .always(let first, let longest): Backoff(first: first, longest: longest)
        }
    }
}
