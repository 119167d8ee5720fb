public import JetBus
public import JetProtocol

/// The configuration of a daemon.
public struct DaemonConfiguration: Sendable {
    /// An endpoint that the daemon opens.
    public struct Listener: Sendable, Hashable {
        /// The endpoint. With port 0 the system chooses one.
        public var endpoint: Endpoint
        /// Whether the folder of a unix socket is created if it is missing.
        public var makesFolder: Bool

        /// A listener at `endpoint`.
        public init(_ endpoint: Endpoint, makesFolder: Bool = false) {
            self.endpoint = endpoint
            self.makesFolder = makesFolder
        }
    }

    /// What peers may do that have connected through a gateway and have not logged in.
    public enum AnonymousAccess: String, Hashable, CaseIterable, Sendable {
        /// Only log in and pair.
        case none
        /// Also fetch and get elements that are not restricted to groups.
        case read
    }

    /// The folders of the files that the WebSocket port serves.
    public struct WebFolders: Hashable, Sendable {
        /// The folder of the page; `nil` for no page.
        public var page: String?
        /// Whether that folder may be missing.
        public var pageMayBeMissing = false
        /// Where `jet.js` and `jet.d.ts` are looked for, in this order; and then in the folder of the page.
        public var library: [String] = []

        /// No files.
        public init() {}
    }

    /// The endpoints that the daemon opens.
    public var listeners: [Listener]
    /// Listening sockets that were passed to the daemon, which it serves as well.
    public var sockets: [ReceivedSocket] = []
    /// Whether peers on other machines may connect without a gateway, so without encryption.
    public var allowsPlaintext = false
    /// The users and groups of the system whose programs may forward the connections of others.
    public var gateways = Self.usualGateways
    /// The default of `gateways`: the user of jet-tls(8).
    public static var usualGateways: [Grant.Holder] { [.user("jet-tls")] }
    /// What peers may do that have connected through a gateway and have not logged in.
    public var anonymous = AnonymousAccess.none
    /// The users of peers with a certificate that the administrator's CA has issued, by its subject.
    public var subjects: [String: String] = [:]
    /// The length of the longest message accepted, in bytes. A longer one closes its connection.
    public var messageLimit = ProtocolLimits.messageSize
    /// The time between two pings of a WebSocket peer, in milliseconds; 0 turns pings off. A peer that does not answer two
    /// in a row is closed.
    public var pingInterval = Int(ProtocolLimits.pingInterval / .milliseconds(1))
    /// The web pages that may connect by WebSocket.
    public var origins = OriginRule()
    /// Whether States and Methods can be used by HTTP, see `API`.
    public var hasAPI = true
    /// The metrics of HTTP.
    public var metrics = MetricsConfiguration()
    /// The folders of the files that the WebSocket port serves.
    public var webFolders = WebFolders()
    /// The users file, which has the users that can `authenticate`.
    public var users: String?
    /// Whether the users file may be missing.
    public var usersMayBeMissing = false
    /// The groups of peers on the unix socket, by the user and the groups that they run as.
    public var grants: [Grant] = []
    /// How many connections there may be in all; an account may have half of what the others leave. See `Admission`.
    public var connections = Int.max
    /// How long a TCP peer may be connected without sending a message, in milliseconds; 0 for no limit.
    public var silence = 30_000
    /// How long the next password for a user has to wait after a wrong one, in milliseconds. Each further one doubles it.
    public var loginDelay = 250
    /// Limits of accounts that replace what the division of the totals gives them.
    public var accounts: [AccountRule] = []
    /// Who may add elements below which prefixes.
    public var paths: [PathOwnership] = []
    /// A socket of sock_diag(7) that was passed to the daemon, which closes it. Without one the daemon opens one itself.
    public var diagnosis: Int32?
    /// How long a stopping daemon waits until pending requests are answered, in milliseconds. The others then fail with an
    /// error.
    public var drainTimeout = 5000
    /// The configuration of the bus.
    public var bus = Bus.Configuration()

    /// A configuration with these listeners, and defaults for the rest.
    public init(listeners: [Listener]) { self.listeners = listeners }
}
