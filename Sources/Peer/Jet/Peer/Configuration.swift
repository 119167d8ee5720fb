public import JetProtocol
public import Logging

extension Peer {
    /// How a peer behaves.
    ///
    ///     var configuration = Peer.Configuration(name: "thermostat")
    ///     configuration.reconnect = .always()
    ///     let peer = try await Peer.connectLocally(configuration: configuration)
    public struct Configuration: Sendable {
        /// What the peer is called, for people who look at the daemon's peers. Told to it on every connect.
        public var name: String?
        /// Which user the peer is, if it needs that user's rights. Proved on every connect, before anything else is asked
        /// for.
        public var credentials: Credentials?
        /// How long the daemon may take to answer. A set or call without a timeout of its own may take longer, for as
        /// long as the daemon gives the owner and shows that it is alive.
        public var requestTimeout: Duration = ProtocolLimits.timeout
        /// How long making a connection may take.
        public var connectTimeout: Duration = .seconds(5)
        /// Whether a lost connection is made again.
        public var reconnect: Reconnect = .never
        /// The longest message that is accepted from the daemon, in bytes (a longer one ends the connection), and that is
        /// sent to it (a longer one is refused with `.limitExceeded`). It should be the daemon's own limit.
        public var messageLimit = ProtocolLimits.messageSize
        /// How many bytes may wait to be sent to a daemon that reads too slowly. Beyond that, of each State only the
        /// newest value waits, and `notifySet` and `notifyCall` throw `.congested`.
        public var outboxLimit = 16 << 20
        /// What the messages are written in. For MessagePack the daemon is asked on every connect; one that does not know
        /// it is spoken to in JSON. Since a message can be longer in MessagePack, what may be sent is then 4/9 of
        /// `messageLimit`, measured in JSON.
        public var encoding: Encoding = .json
        /// Where to tell of lost connections and the like; `nil`: nowhere.
        public var logger: Logger?

        /// The defaults, or something else in place of some.
        public init(name: String? = nil, reconnect: Reconnect = .never, logger: Logger? = nil) {
            self.name = name
            self.reconnect = reconnect
            self.logger = logger
        }
    }

    /// Whether a lost connection is made again, and how eagerly.
    ///
    ///     configuration.reconnect = .always(first: .milliseconds(50), longest: .seconds(10))
    public enum Reconnect: Hashable, Sendable {
        /// No: everything that the peer had ends with an error.
        case never
        /// Yes, for as long as it takes. The first attempt comes at once, the second after up to `first`; the time
        /// between attempts doubles up to `longest`, and is random between half of that and all.
        ///
        /// The peer is then what it was: its elements are added with their newest values, its fetches begun again.
        /// Meanwhile requests throw `.notConnected` at once, and `State.change` keeps the value.
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
